// Multipliers, shifts and biases against the real line they stand for.
#include "compiler/lower/multipliers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "models/npu/numbers/reference.hpp"
#include "tests/compiler/affine.hpp"

namespace cairn::compiler {
namespace {

using Kind = FloatStep::Kind;
using test::Affine;
using test::layer_with;

/// Largest difference to the real line in output steps, over accumulators of `range`.
double worst_error(const Affine& f, const Quantiser& q, const AccumulatorRange& range,
                   Multipliers& out) {
  out = find_multipliers(f.chain(), q, {range}, true);
  const numbers::Layer layer = layer_with(numbers::Requantisation::multiply, out.type);
  double worst = 0;
  for (std::int64_t acc = range.first; acc <= range.second;
       acc += 1 + (range.second - range.first) / 5'000) {
    const double real =
        (static_cast<double>(acc) * f.unit * f.factor + f.offset) / q.scale + q.zero_point;
    const double clamped =
        std::clamp(f.relu ? std::max(real, static_cast<double>(q.zero_point)) : real,
                   static_cast<double>(q.low()), static_cast<double>(q.high()));
    worst =
        std::max(worst, std::abs(numbers::requantise(layer, out.table, 0, acc, nullptr) - clamped));
  }
  return worst;
}

TEST(MultipliersTest, StayWithinTheirDocumentedBound) {
  const unsigned seed = 20252;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> factor(-2, 2), offset(-60, 60), exponent(-14, 0);
  for (int i = 0; i < 300; ++i) {
    const Affine f{std::exp2(exponent(random)), factor(random), offset(random), i % 2 == 0};
    Quantiser q;
    q.bits = 5 + i % 4;
    q.is_signed = i % 2 == 1;
    q.zero_point = q.is_signed ? 3 : 0;
    Multipliers m;
    const double worst = worst_error(f, q, {-100'000, 100'000}, m);
    const double slope = std::abs(static_cast<double>(f.unit) * f.factor / q.scale);
    EXPECT_LE(worst, 0.5 + slope / 2 + 1e-6)
        << "factor " << f.factor << ", unit " << f.unit << ", offset " << f.offset;
    EXPECT_TRUE(m.silent.empty());
  }
}

TEST(MultipliersTest, HaveThirtyOneSignificantBits) {
  const Multipliers m =
      find_multipliers(Affine{0.001F, 1, 0, true}.chain(), Quantiser{}, {{-10, 10}}, true);
  EXPECT_GE(m.table.multiplier[0], 1 << 30);
}

TEST(MultipliersTest, ReluBeforeASignedQuantiserGivesUnsignedFeatures) {
  Quantiser q{.bits = 8, .is_signed = true};
  const Multipliers m = find_multipliers(Affine{1, 1, 0, true}.chain(), q, {{-300, 300}}, true);
  EXPECT_EQ(m.type, (numbers::FeatureType{7, false, 0}));
}

TEST(MultipliersTest, AConstantChannelLosesItsWeights) {
  const Multipliers m =
      find_multipliers(Affine{1, 0, 41.3F, true}.chain(), Quantiser{}, {{-300, 300}}, true);
  EXPECT_EQ(m.silent, (std::vector<std::size_t>{0}));
  const numbers::Layer layer = layer_with(numbers::Requantisation::multiply, m.type);
  EXPECT_EQ(numbers::requantise(layer, m.table, 0, 0, nullptr), 41);
}

TEST(MultipliersTest, AConstantChannelWithoutWeightsIsRefused) {
  EXPECT_THROW(
      find_multipliers(Affine{1, 0, 41.3F, true}.chain(), Quantiser{}, {{-300, 300}}, false),
      std::domain_error);
}

TEST(MultipliersTest, ABiasThatDoesNotFitBesideTheAccumulatorsIsRefused) {
  const Affine f{1e-7F, 1, -30, false};  // a bias of -3 * 10^8
  const std::int64_t large = 2'000'000'000;
  EXPECT_THROW(find_multipliers(f.chain(), Quantiser{}, {{-large, large}}, true),
               std::domain_error);
  EXPECT_NE(find_multipliers(f.chain(), Quantiser{}, {{-9, 9}}, true).table.multiplier[0], 0);
}

TEST(MultipliersTest, FloorIsExactForPoolingSums) {
  Quantiser q{.rounding = Rounding::down};
  const Multipliers m = find_multipliers(FloatChain({1.0 / 16}), q, {{0, 16 * 255}}, false);
  const numbers::Layer layer = layer_with(numbers::Requantisation::multiply, m.type);
  for (int acc = 0; acc <= 16 * 255; ++acc)
    EXPECT_EQ(numbers::requantise(layer, m.table, 0, acc, nullptr), acc / 16);
}

TEST(MultipliersTest, CeilingAndClampsInsideTheRangeAreRefused) {
  EXPECT_THROW(
      find_multipliers(FloatChain({1.0}), Quantiser{.rounding = Rounding::up}, {{0, 9}}, true),
      std::domain_error);
  FloatChain clipped({1.0});
  clipped.push({Kind::at_most, {200.0F}});
  EXPECT_THROW(find_multipliers(clipped, Quantiser{}, {{0, 9}}, true), std::domain_error);
}

}  // namespace
}  // namespace cairn::compiler
