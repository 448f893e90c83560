// Convolutions in parts: partial sums of input-channel slices, then the output stage.
#include "models/npu/numbers/partial_layer.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "tests/numbers/fast_case.hpp"

namespace cairn::numbers {
namespace {

using test::Case;
using test::Random;

/// A random convolution or fully connected layer.
Layer convolution(Random& random, int size) {
  for (;;) {
    const Layer layer = random.layer(size);
    if (layer.op == Op::convolution) return layer;
    if (layer.op == Op::fully_connected && layer.in.pixels() == 1) return layer;
  }
}

/// The layer computed in tiles of at most out_tile by in_tile channels.
std::vector<std::int32_t> in_parts(const Case& c, int out_tile, int in_tile, InstructionSet set,
                                   std::uint64_t* overflows) {
  const Layer& layer = c.layer;
  const auto block = test::block_of(c);
  const FeatureMap map = test::map_of(c);
  const std::int64_t pixels = layer.out.pixels();
  const int all = layer.out.channels;
  std::vector<std::int32_t> sums(static_cast<std::size_t>(layer.out.elements()));
  std::vector<std::int32_t> out(sums.size());
  std::vector<std::uint8_t> codes(sums.size());
  for (int o = 0; o < all; o += out_tile) {
    const ChannelRange channels{o, std::min(out_tile, all - o)};
    const PackedSlice packed = slice_of(block, layer, channels);
    const auto at = static_cast<std::size_t>(o);
    for (int i = 0; i < layer.in.channels; i += in_tile) {
      const ChannelRange in{i, std::min(in_tile, layer.in.channels - i)};
      PartialLayer(layer, packed, channels, in, set)
          .accumulate(map, 0, pixels, std::span(sums).subspan(at), all, overflows);
    }
    const OutputStage stage(layer, packed, channels, set);
    if (layer.out_type.bits == kAccumulatorBits)
      stage.run(std::span(sums).subspan(at), all, pixels, std::span(out).subspan(at), all,
                overflows);
    else
      stage.run(std::span(sums).subspan(at), all, pixels, std::span(codes).subspan(at), all,
                overflows);
  }
  if (layer.out_type.bits != kAccumulatorBits)
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = codes[i] + layer.out_type.low();
  return out;
}

TEST(PartialLayerTest, TilesOfInputAndOutputChannelsMakeTheWholeLayer) {
  std::cout << "seed 1\n";
  for (std::uint64_t seed = 1; seed < 400; ++seed) {
    Random random(seed);
    const Case c = random.make(convolution(random, 3 + static_cast<int>(seed) / 50));
    std::uint64_t expected_overflows = 0;
    const auto expected = test::reference_of(c, &expected_overflows);
    const int out_tile = random.in(1, c.layer.out.channels);
    const int in_tile = random.in(1, c.layer.in.channels);
    for (const InstructionSet set : kInstructionSets) {
      if (!has_instruction_set(set)) continue;
      std::uint64_t overflows = 0;
      ASSERT_EQ(in_parts(c, out_tile, in_tile, set, &overflows), expected)
          << "seed " << seed << " " << test::describe(c.layer) << ", " << name_of(set);
      ASSERT_EQ(overflows, expected_overflows);
    }
  }
}

TEST(PartialLayerTest, ASumThatLeavesInt32SaturatesAndIsCounted) {
  Layer layer;
  layer.in = {1, 1, 2};
  layer.out = {1, 1, 2};
  layer.weight_bits = 2;
  layer.out_type = {kAccumulatorBits, true, 0};
  const Case c{layer, {200, 100}, {1, 1, -1, -1}, {{0, 0}, {}, {}, {}, {}}, {}};
  const auto block = test::block_of(c);
  std::vector<std::int32_t> sums = {2147483647 - 299, -2147483647 - 1 + 300};
  std::uint64_t overflows = 0;
  PartialLayer(layer, slice_of(block, layer, {0, 2}), {0, 2}, {0, 2})
      .accumulate(test::map_of(c), 0, 1, sums, 2, &overflows);
  EXPECT_EQ(sums, (std::vector<std::int32_t>{2147483647, -2147483647 - 1}));
  EXPECT_EQ(overflows, 1U);
}

TEST(PartialLayerTest, RefusesOperationsWithoutPartialSums) {
  Layer layer;
  layer.op = Op::depthwise;
  layer.in = layer.out = {2, 2, 2};
  layer.weight_bits = 4;
  layer.out_type = {kAccumulatorBits, true, 0};
  ASSERT_EQ(invalid(layer), "");
  EXPECT_THROW(PartialLayer(layer, {}, {0, 2}, {0, 1}), std::invalid_argument);
  layer.op = Op::convolution;
  EXPECT_THROW(PartialLayer(layer, {}, {0, 2}, {1, 2}), std::invalid_argument);
}

TEST(OutputStageTest, IsExactForAnySumThatAFaultMakes) {
  std::cout << "seed 2000\n";
  for (std::uint64_t seed = 2000; seed < 2300; ++seed) {
    Random random(seed);
    const Case c = random.make(convolution(random, 6));
    const auto block = test::block_of(c);
    const ChannelRange all{0, c.layer.out.channels};
    std::vector<std::int32_t> sums(static_cast<std::size_t>(all.count) * 40);
    for (auto& sum : sums)
      sum = random.word() >> random.in(0, 31);
    std::vector<std::int32_t> out(sums.size());
    std::vector<std::uint8_t> codes(sums.size());
    std::uint64_t overflows = 0, expected_overflows = 0;
    const OutputStage stage(c.layer, slice_of(block, c.layer, all), all);
    const bool raw = c.layer.out_type.bits == kAccumulatorBits;
    if (raw)
      stage.run(sums, all.count, 40, out, all.count, &overflows);
    else
      stage.run(sums, all.count, 40, codes, all.count, &overflows);
    for (std::size_t i = 0; i < sums.size(); ++i)
      ASSERT_EQ(raw ? out[i] : codes[i] + c.layer.out_type.low(),
                requantise(c.layer, c.table, static_cast<int>(i) % all.count, sums[i],
                           &expected_overflows))
          << "seed " << seed << " " << test::describe(c.layer) << " sum " << sums[i];
    ASSERT_EQ(overflows, expected_overflows);
  }
}

}  // namespace
}  // namespace cairn::numbers
