// Thresholds against the float chain they stand for.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "compiler/lower/thresholds.hpp"
#include "models/npu/numbers/reference.hpp"
#include "tests/compiler/affine.hpp"

namespace cairn::compiler {
namespace {

using Kind = FloatStep::Kind;
using test::Affine;
using test::layer_with;

constexpr std::int64_t kLowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();

int quantised(float y, const Quantiser& q) {
  if (q.bipolar) return y / q.scale >= 0 ? 1 : -1;
  float v = y / q.scale + static_cast<float>(q.zero_point);
  const int low = q.is_signed ? -(1 << (q.bits - 1)) + (q.narrow ? 1 : 0) : 0;
  const int high = q.is_signed ? (1 << (q.bits - 1)) - 1 : (1 << q.bits) - 1 - (q.narrow ? 1 : 0);
  v = std::min(std::max(v, static_cast<float>(low)), static_cast<float>(high));
  switch (q.rounding) {
    case Rounding::half_even:
      return static_cast<int>(std::nearbyint(v));
    case Rounding::to_zero:
      return static_cast<int>(v);
    case Rounding::up:
      return static_cast<int>(std::ceil(v));
    case Rounding::down:
      return static_cast<int>(std::floor(v));
  }
  return 0;
}

/// Every accumulator within 2 of a step, around zero, and at the ends of int32.
std::set<std::int64_t> interesting(const numbers::Table& table) {
  std::set<std::int64_t> points{kLowest, kLowest + 1, kHighest - 1, kHighest};
  std::set<std::int64_t> centres(table.thresholds.begin(), table.thresholds.end());
  centres.insert(0);
  for (const std::int64_t centre : centres)
    for (std::int64_t d = -2; d <= 2; ++d)
      if (centre + d > kLowest && centre + d < kHighest) points.insert(centre + d);
  return points;
}

/// A threshold that is never reached is the last accumulator there is, which itself still counts.
bool is_last(std::int64_t accumulator, bool falling) {
  return accumulator == (falling ? kLowest : kHighest);
}

void expect_equal(const Affine& f, const Quantiser& q) {
  const numbers::Table table = find_thresholds(f.chain(), q);
  const numbers::Layer layer = layer_with(numbers::Requantisation::thresholds, q.type());
  for (const std::int64_t acc : interesting(table)) {
    if (is_last(acc, table.descending[0])) continue;
    EXPECT_EQ(numbers::requantise(layer, table, 0, acc, nullptr), quantised(f(acc), q))
        << "accumulator " << acc << ", factor " << f.factor << ", offset " << f.offset;
  }
}

TEST(ThresholdsTest, EqualTheFloatChainAroundEveryStep) {
  const unsigned seed = 20251;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> factor(-2, 2), offset(-3, 3), exponent(-12, 2);
  for (int i = 0; i < 300; ++i) {
    Quantiser q;
    q.bits = 1 + i % 4;
    q.is_signed = q.bits > 1 && i % 3 == 0;
    q.narrow = i % 5 == 0 && q.bits > 1;
    q.scale = std::exp2(exponent(random));
    q.zero_point = i % 7 == 0 ? 1 : 0;
    q.rounding = static_cast<Rounding>(i % 4);
    expect_equal({std::exp2(exponent(random)), factor(random), offset(random), i % 2 == 0}, q);
  }
}

TEST(ThresholdsTest, FallWhereTheSlopeIsNegative) {
  Quantiser q{.scale = 1, .bits = 2};
  const numbers::Table table = find_thresholds(Affine{1, -1, 0, true}.chain(), q);
  EXPECT_TRUE(table.descending[0]);
  // -0.5 rounds to 0, -1.5 to 2: half to even.
  EXPECT_EQ(table.thresholds, (std::vector<std::int32_t>{-1, -2, -3}));
  expect_equal({1, -1, 0, true}, q);
}

TEST(ThresholdsTest, TiesGoToTheEvenInteger) {
  Quantiser q{.scale = 2, .bits = 2};
  const numbers::Table table = find_thresholds(FloatChain({1.0}), q);
  // acc / 2: 1 -> 0.5 -> 0; 2 -> 1; 3 -> 1.5 -> 2; 5 -> 2.5 -> 2; 6 -> 3.
  EXPECT_EQ(table.thresholds, (std::vector<std::int32_t>{2, 3, 6}));
}

TEST(ThresholdsTest, AreConstantWhereTheSlopeIsZero) {
  Quantiser q{.scale = 1, .bits = 2};
  const numbers::Table table = find_thresholds(Affine{1, 0, 1.75F, false}.chain(), q);
  EXPECT_FALSE(table.descending[0]);
  const numbers::Layer layer = layer_with(numbers::Requantisation::thresholds, q.type());
  for (const std::int64_t acc :
       {kLowest, std::int64_t{-7}, std::int64_t{0}, std::int64_t{9}, kHighest - 1})
    EXPECT_EQ(numbers::requantise(layer, table, 0, acc, nullptr), 2);
}

TEST(ThresholdsTest, OfABipolarQuantiserSkipZero) {
  Quantiser q{.scale = 0.5F, .bipolar = true};
  const numbers::Table table = find_thresholds(Affine{1, 1, 3, false}.chain(), q);
  EXPECT_EQ(table.thresholds,
            (std::vector<std::int32_t>{std::numeric_limits<std::int32_t>::min(), -3, -3}));
  expect_equal({1, -0.25F, 1, false}, q);
}

TEST(ThresholdsTest, RefuseAChainWithoutANumber) {
  FloatChain chain({1e30});
  chain.push({Kind::multiply, {1e30F}});
  chain.push({Kind::multiply, {0.0F}});
  EXPECT_THROW(find_thresholds(chain, Quantiser{.bits = 2}), std::domain_error);
}

}  // namespace
}  // namespace cairn::compiler
