// Requantisation: known values of both roundings, thresholds, overflow.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <limits>

#include "models/npu/numbers/reference.hpp"
#include "tests/numbers/random_layer.hpp"

namespace cairn::numbers {
namespace {

constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kHalf = 1 << 30;  // 0.5 as Q31

Layer with(Requantisation requantisation, FeatureType out) {
  Layer layer;
  layer.op = Op::requantise;
  layer.requantisation = requantisation;
  layer.out_type = out;
  return layer;
}

TEST(MultiplySingleTest, RoundsTiesUp) {
  EXPECT_EQ(multiply_single(1, 1, 1), 1);    // 0.5
  EXPECT_EQ(multiply_single(-1, 1, 1), 0);   // -0.5
  EXPECT_EQ(multiply_single(3, 1, 1), 2);    // 1.5
  EXPECT_EQ(multiply_single(-3, 1, 1), -1);  // -1.5
  EXPECT_EQ(multiply_single(-5, 1, 2), -1);  // -1.25
  EXPECT_EQ(multiply_single(7, 1, 2), 2);    // 1.75
}

TEST(MultiplySingleTest, WithoutShiftIsTheProduct) {
  EXPECT_EQ(multiply_single(kMin, kMin, 0), std::int64_t{1} << 62);
  EXPECT_EQ(multiply_single(kMin, kMin, 62), 1);
}

TEST(MultiplyTfliteTest, RoundsTheHighProductTiesUp) {
  EXPECT_EQ(multiply_tflite(1, kHalf, 31), 1);   // 0.5
  EXPECT_EQ(multiply_tflite(-1, kHalf, 31), 0);  // -0.5
  EXPECT_EQ(multiply_tflite(3, kHalf, 31), 2);
  EXPECT_EQ(multiply_tflite(-3, kHalf, 31), -1);
}

TEST(MultiplyTfliteTest, RoundsTheShiftTiesAwayFromZero) {
  EXPECT_EQ(multiply_tflite(2, kHalf, 32), 1);    // 1 / 2
  EXPECT_EQ(multiply_tflite(-2, kHalf, 32), -1);  // -1 / 2
  EXPECT_EQ(multiply_tflite(6, kHalf, 32), 2);    // 3 / 2
  EXPECT_EQ(multiply_tflite(-6, kHalf, 32), -2);
  EXPECT_EQ(multiply_tflite(-10, kHalf, 33), -1);  // -5 / 4
}

TEST(MultiplyTfliteTest, RoundsTwiceWhereSingleRoundsOnce) {
  // 5 / 4 is 1.25, the high product rounds it to 3 / 2 first: 2, not 1.
  EXPECT_EQ(multiply_tflite(5, kHalf, 32), 2);
  EXPECT_EQ(multiply_single(5, kHalf, 32), 1);
}

TEST(MultiplyTfliteTest, SaturatesTheOneProductThatDoesNotFit) {
  EXPECT_EQ(multiply_tflite(kMin, kMin, 31), kMax);
  EXPECT_EQ(multiply_tflite(kMin, kMax, 31), -kMax);
  EXPECT_EQ(multiply_tflite(kMin, kMin, 62), 1);
}

TEST(MultiplyTfliteTest, ShiftsTheValueLeftFirstWhenTheShiftIsBelow31) {
  EXPECT_EQ(multiply_tflite(100, kHalf, 29), 200);
  EXPECT_EQ(multiply_tflite(kMax / 2, kHalf, 29), kHalf);  // the left shift saturates
  EXPECT_EQ(multiply_tflite(kMin / 2, kHalf, 29), -kHalf);
  EXPECT_EQ(multiply_tflite(1, kHalf, 0), kHalf);
}

TEST(MultiplyTfliteTest, StaysWithinOneOfTheRealProduct) {
  std::cout << "seed 6\n";
  test::Random random(6);
  for (int i = 0; i < 20'000; ++i) {
    const std::int32_t value = random.word() >> random.in(0, 30);
    const std::int32_t multiplier = random.in(kHalf, kMax);
    const int shift = random.in(31, 62);
    const double real = std::ldexp(double(value) * multiplier, -shift);
    ASSERT_LE(std::abs(multiply_tflite(value, multiplier, std::uint32_t(shift)) - real), 1.0)
        << value << " * " << multiplier << " >> " << shift;
    ASSERT_LE(std::abs(double(multiply_single(value, multiplier, std::uint32_t(shift))) - real),
              0.5 + 1e-6);
  }
}

TEST(RequantiseTest, AddsTheZeroPointAndClampsToTheType) {
  const Layer layer = with(Requantisation::multiply, {4, true, 3});
  const Table table{{10}, {1}, {1}, {}, {}};
  EXPECT_EQ(requantise(layer, table, 0, -10, nullptr), 3);
  EXPECT_EQ(requantise(layer, table, 0, -8, nullptr), 4);
  EXPECT_EQ(requantise(layer, table, 0, 1000, nullptr), 7);
  EXPECT_EQ(requantise(layer, table, 0, -1000, nullptr), -8);
}

TEST(RequantiseTest, CountsTheThresholdsReached) {
  Layer layer = with(Requantisation::thresholds, {2, false, 0});
  layer.in.channels = layer.out.channels = 2;
  const Table table{{}, {}, {}, {-5, 0, 7, 7, 0, -5}, {0, 1}};
  EXPECT_EQ(requantise(layer, table, 0, -6, nullptr), 0);
  EXPECT_EQ(requantise(layer, table, 0, -5, nullptr), 1);
  EXPECT_EQ(requantise(layer, table, 0, 6, nullptr), 2);
  EXPECT_EQ(requantise(layer, table, 0, 7, nullptr), 3);
  EXPECT_EQ(requantise(layer, table, 1, 8, nullptr), 0);  // descending
  EXPECT_EQ(requantise(layer, table, 1, 7, nullptr), 1);
  EXPECT_EQ(requantise(layer, table, 1, -5, nullptr), 3);
  layer.out_type.is_signed = true;
  EXPECT_EQ(requantise(layer, table, 0, -6, nullptr), -2);
  EXPECT_EQ(requantise(layer, table, 0, 7, nullptr), 1);
}

TEST(RequantiseTest, CountsAndSaturatesAnAccumulatorOutsideInt32) {
  const Layer layer = with(Requantisation::none, {kAccumulatorBits, true, 0});
  const Table table{{5}, {}, {}, {}, {}};
  std::uint64_t overflows = 0;
  EXPECT_EQ(requantise(layer, table, 0, std::int64_t{kMax} - 5, &overflows), kMax);
  EXPECT_EQ(requantise(layer, table, 0, std::int64_t{kMin} - 5, &overflows), kMin);
  EXPECT_EQ(overflows, 0U);
  EXPECT_EQ(requantise(layer, table, 0, std::int64_t{kMax} - 4, &overflows), kMax);
  EXPECT_EQ(requantise(layer, table, 0, std::int64_t{kMin} - 6, &overflows), kMin);
  EXPECT_EQ(overflows, 2U);
}

}  // namespace
}  // namespace cairn::numbers
