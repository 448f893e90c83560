// Feature maps filled piecewise from a ring, and what is left out of them.
#include "models/npu/numbers/feature_map.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <numeric>

#include "tests/numbers/fast_case.hpp"

namespace cairn::numbers {
namespace {

using test::Case;
using test::Random;

void put_bits(FeatureMap& map, const std::vector<std::int16_t>& features, const FeatureType& type,
              int input, Random& random) {
  const std::vector<std::int32_t> wide(features.begin(), features.end());
  const std::uint64_t size = features.size() * type.bits;
  const std::uint64_t ring_bits = size + random.in(0, 40), from = random.in(0, 4000) % ring_bits;
  std::vector<std::uint8_t> ring((ring_bits + 7) / 8);
  pack_features_ring(wide, type, ring, ring_bits, from);
  const std::int64_t channels = map.layer().in.channels, pixels = map.layer().in.pixels();
  for (std::int64_t first = 0; first < pixels;) {
    const std::int64_t count = random.in(1, static_cast<int>(pixels - first));
    map.put(first, count, ring, ring_bits, from + first * channels * type.bits, input);
    first += random.chance(80) ? count : (count + 1) / 2;  // some are delivered again
  }
}

TEST(FeatureMapTest, TakesPixelsPiecewiseFromARing) {
  std::cout << "seed 100\n";
  for (std::uint64_t seed = 100; seed < 900; ++seed) {
    Random random(seed);
    const Case c = random.make(random.layer(2 + static_cast<int>(seed) / 120));
    FeatureMap map(c.layer);
    put_bits(map, c.in, c.layer.in_type, 0, random);
    if (c.layer.op == Op::add) put_bits(map, c.second, c.layer.second_type, 1, random);
    const FastLayer fast(c.layer, c.weights, c.table);
    ASSERT_EQ(test::outputs_of(fast, map, 0, c.layer.out.pixels()), test::reference_of(c))
        << "seed " << seed << " " << test::describe(c.layer);
  }
}

TEST(FeatureMapTest, AnOutputNeedsOnlyThePixelsOfItsWindow) {
  Layer layer;
  layer.in = {6, 6, 4};
  layer.out = {6, 6, 8};
  layer.kernel_h = layer.kernel_w = 3;
  layer.pad_top = layer.pad_left = 1;
  layer.weight_bits = 4;
  layer.requantisation = Requantisation::multiply;
  Random random(5);
  const Case c = random.make(layer);
  const auto expected = test::reference_of(c);
  const FastLayer fast(layer, c.weights, c.table);
  FeatureMap map(layer);
  const auto codes = test::codes_of(c.in, layer.in_type);
  for (int row = 0; row < 6; ++row) {
    map.put(row * 6, std::span(codes).subspan(static_cast<std::size_t>(row) * 24, 24));
    if (row == 0) continue;
    const auto out = test::outputs_of(fast, map, (row - 1) * 6, 6);
    ASSERT_TRUE(std::equal(out.begin(), out.end(), expected.begin() + std::int64_t{row - 1} * 48))
        << "row " << row - 1;
  }
}

TEST(FeatureMapTest, OfAStridedPointwiseLayerKeepsOnlyWhatIsVisited) {
  Layer layer;
  layer.in = {7, 7, 16};
  layer.out = {4, 4, 8};
  layer.stride_h = layer.stride_w = 2;
  layer.weight_bits = 4;
  layer.requantisation = Requantisation::multiply;
  ASSERT_EQ(invalid(layer), "");
  EXPECT_EQ(FeatureMap(layer).layout().size(), 4 * 4 * 16);
  EXPECT_TRUE(FeatureMap(layer).layout().is_pointwise());
}

TEST(FeatureMapTest, RefusesPixelsOutsideTheInput) {
  Layer layer;
  layer.in = layer.out = {2, 2, 3};
  layer.op = Op::requantise;
  layer.requantisation = Requantisation::multiply;
  FeatureMap map(layer);
  const std::vector<std::uint8_t> bytes(12);
  EXPECT_THROW(map.put(2, std::span(bytes).first(9)), std::length_error);
  EXPECT_THROW(map.put(-1, bytes), std::length_error);
  EXPECT_THROW(map.put(0, bytes, 1), std::length_error);
  EXPECT_THROW(map.put(0, 4, bytes, 88, 0), std::length_error);
  EXPECT_NO_THROW(map.put(0, 4, bytes, 96, 0));
}

}  // namespace
}  // namespace cairn::numbers
