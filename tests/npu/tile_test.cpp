// Tiles of one layer: pixel ranges, chunks of channels, partial sums, additions.
#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Counter;
using npu::Tile;
using numbers::Layer;

class TileTest : public test::NpuBench {
 protected:
  TileTest() : NpuBench(defaults()) {}

  /// The commands of a layer whose features lie in ring 0, its output behind its input; partial
  /// sums in ring 2, behind both. Puts the operands there.
  std::vector<job::Command> list(const test::Case& c, const std::vector<Tile>& tiles) {
    const Layer& l = c.layer;
    std::vector<job::Command> commands{
        test::ring_command(0, main_), test::ring_command(2, sums_),
        test::layer_command(l, {.in = {0, 0}, .out = {0, out_bit(l)}}, 0, 3)};
    put_features(c.in, l.in_type, main_, 0);
    std::uint32_t block = 0;
    for (const Tile& t : tiles) {
      commands.push_back(test::with<job::TileCommand>(
          test::tile_command(l, t, &t == &tiles.back(), block, 0, 3),
          [](job::TileCommand& command) { command.partial_ring = 2; }));
      block = put_block(c, t, block);
    }
    return commands;
  }
  std::uint32_t out_bit(const Layer& l) const {
    return static_cast<std::uint32_t>(npu::in_feature_bits(l));
  }
  std::vector<std::int32_t> output(const Layer& l) {
    return features(l.out, l.out_type, main_, out_bit(l));
  }
  void expect_exact(const test::Case& c, const std::vector<Tile>& tiles) {
    const std::vector<job::Command> commands = list(c, tiles);
    run([&] { EXPECT_EQ(outcome(commands), std::pair(0u, 0u)); });
    EXPECT_EQ(output(c.layer), test::expected(c));
    EXPECT_EQ(records.size(), tiles.size());
  }

  static Tile part(const Layer& l, std::uint32_t first_pixel, std::uint32_t pixels,
                   std::uint32_t first_channel, std::uint32_t channels) {
    return {first_pixel, pixels, first_channel,
            channels,    0,      static_cast<std::uint32_t>(l.in.channels)};
  }

  const npu::Ring main_{job::Memory::kFeatures, 0, 512'000};
  const npu::Ring sums_{job::Memory::kFeatures, 512'000, 400'000};
  const test::Case map = test::operands(test::convolution({8, 8, 16}, 32, 3), 3);
};

TEST_F(TileTest, PixelRangesReadEachFeatureOnceAndFreeItOnceUsed) {
  const Layer& l = map.layer;
  expect_exact(map, {part(l, 0, 24, 0, 32), part(l, 24, 8, 0, 32), part(l, 32, 32, 0, 32)});
  EXPECT_EQ(total()[Counter::feature_elements_read], 64u * 16);
  EXPECT_EQ(total()[Counter::feature_elements_written], 64u * 32);
  EXPECT_EQ(total()[Counter::macs], 64u * 32 * 144);
  // The input is freed a row and a pixel behind the output, which is twice as wide: most is alive
  // when the last output is written, beside a row and two pixels of the input.
  EXPECT_EQ(total()[Counter::peak_feature_bits], 64u * 32 * 4 + (8 + 2) * 16 * 4);
}

TEST_F(TileTest, TilesMayEndInTheMiddleOfARow) {
  const Layer& l = map.layer;
  expect_exact(map, {part(l, 0, 3, 0, 32), part(l, 3, 10, 0, 32), part(l, 13, 50, 0, 32),
                     part(l, 63, 1, 0, 32)});
}

TEST_F(TileTest, ChunksOfChannelsForEveryPieceOfPixelsReadTheFeaturesOfThePieceOnce) {
  const Layer& l = map.layer;
  expect_exact(map, {part(l, 0, 32, 0, 20), part(l, 0, 32, 20, 12), part(l, 32, 32, 0, 20),
                     part(l, 32, 32, 20, 12)});
  EXPECT_EQ(total()[Counter::feature_elements_written], 64u * 32);
  EXPECT_EQ(total()[Counter::macs], 64u * 32 * 144);
}

TEST_F(TileTest, ChannelOuterReadsAllFeaturesForEveryChunkAndKeepsThemUntilTheLast) {
  const Layer& l = map.layer;
  expect_exact(map, {part(l, 0, 64, 0, 16), part(l, 0, 64, 16, 16)});
  EXPECT_EQ(total()[Counter::feature_elements_read], 2u * 64 * 16);
  EXPECT_EQ(total()[Counter::feature_elements_written], 64u * 32);
  EXPECT_EQ(total()[Counter::peak_feature_bits], 64u * (16 + 32) * 4);
  EXPECT_EQ(records[0].counters[Counter::peak_feature_bits], 64u * (16 + 32) * 4)
      << "a pixel takes the place of all its channels at once";
}

TEST_F(TileTest, PartialSumsAreWrittenAndReadBack) {
  const Layer& l = map.layer;
  std::vector<Tile> tiles;
  for (const std::uint32_t channel : {0u, 16u})
    for (const std::uint32_t input : {0u, 5u, 10u})
      tiles.push_back({0, 64, channel, 16, input, input == 10 ? 6u : 5u});
  expect_exact(map, tiles);
  EXPECT_EQ(total()[Counter::macs], static_cast<std::uint64_t>(l.macs()));
  EXPECT_EQ(total()[Counter::feature_elements_read], 64u * (2 * 16 + 2 * 32));
  EXPECT_EQ(total()[Counter::feature_elements_written], 64u * (32 + 2 * 32));
  EXPECT_EQ(total()[Counter::peak_feature_bits], 64u * (16 + 32) * 4) << "sums are no features";
  const npu::Counters& middle = records[1].counters;
  // 5 channels of a pixel lie in one 64-bit word or two; 16 sums are 8 words.
  EXPECT_GE(middle[Counter::feature_words_read], 64u * 8);
  EXPECT_EQ(middle[Counter::feature_words_written], 64u * 8);
}

TEST_F(TileTest, PartialSumsThatLeaveInt32SaturateAndCountAsInTheReference) {
  Layer l = test::convolution({2, 2, 64}, 16, 3);
  l.in_type.bits = l.weight_bits = 8;
  l.out_type = {numbers::kAccumulatorBits, true, 0};
  l.requantisation = numbers::Requantisation::none;
  test::Case c = test::operands(l, 4);
  std::ranges::fill(c.table.bias, 2'147'483'000);
  std::uint64_t overflows = 0;
  test::expected(c, &overflows);
  ASSERT_GT(overflows, 0u);
  expect_exact(c, {{0, 4, 0, 16, 0, 40}, {0, 4, 0, 16, 40, 24}});
  EXPECT_EQ(total()[Counter::overflows], overflows);
}

TEST_F(TileTest, OnlyAConvolutionKeepsPartialSums) {
  const test::Case pool = test::operands(test::max_pool({4, 4, 16}, 2, 2), 1);
  run([&] {
    EXPECT_EQ(outcome(list(pool, {{0, 4, 0, 16, 0, 8}, {0, 4, 0, 16, 8, 8}})), std::pair(1u, 3u));
  });
}

TEST_F(TileTest, EveryTileIsRecordedWithItsLayerAndTime) {
  const Layer& l = map.layer;
  const std::vector<job::Command> commands =
      list(map, {part(l, 0, 24, 0, 32), part(l, 24, 40, 0, 32)});
  run([&] {
    EXPECT_EQ(outcome(commands).first, 0u);
    EXPECT_EQ(outcome(commands).first, 0u);
  });
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].end, records[1].start);
  for (const TileRecord& r : records) {
    EXPECT_EQ(r.job, 1u);
    EXPECT_EQ(r.layer, 3u);
    EXPECT_LT(r.start, r.end);
    EXPECT_EQ(
        r.counters[Counter::cycles],
        static_cast<std::uint64_t>((r.end - r.start) / sc_core::sc_time(1.25, sc_core::SC_NS)))
        << "800 MHz";
  }
  EXPECT_EQ(records[0].counters[Counter::drain], 0u);
  EXPECT_EQ(records[1].counters[Counter::drain], 8u);
}

class AdditionTest : public TileTest {
 protected:
  /// `second_`: what is added, in ring 1.
  const npu::Ring second_ring_{job::Memory::kFeatures, 512'000, 64 * (64 + 1)};
  const test::Case sum = test::operands(test::addition({8, 8, 16}), 5);
};

TEST_F(AdditionTest, TheOutputTakesThePlaceOfTheSecondInputOnePixelAhead) {
  const Layer& l = sum.layer;
  put_block(sum, test::whole_layer(l));
  put_features(sum.in, l.in_type, main_, 0);
  put_features(sum.second, l.second_type, second_ring_, 64);
  run([&] {
    EXPECT_EQ(outcome({test::ring_command(0, main_), test::ring_command(1, second_ring_),
                       test::layer_command(l, {.in = {0, 0}, .second = {1, 64}, .out = {1, 0}}),
                       test::tile_command(l, part(l, 0, 30, 0, 16), false),
                       test::tile_command(l, part(l, 30, 34, 0, 16), true)}),
              std::pair(0u, 0u));
  });
  EXPECT_EQ(features(l.out, l.out_type, second_ring_, 0), test::expected(sum));
  EXPECT_EQ(total()[Counter::feature_elements_read], 2u * 64 * 16);
  EXPECT_EQ(total()[Counter::feature_elements_written], 64u * 16);
  EXPECT_EQ(total()[Counter::peak_feature_bits], 64u * (64 + 64 + 1));
}

TEST_F(AdditionTest, AnOutputRightOnItsSecondInputWouldOverwriteWhatItReads) {
  const Layer& l = sum.layer;
  run([&] {
    EXPECT_EQ(outcome({test::ring_command(0, main_), test::ring_command(1, second_ring_),
                       test::layer_command(l, {.in = {0, 0}, .second = {1, 64}, .out = {1, 64}}),
                       test::tile_command(l, part(l, 0, 64, 0, 16), true)}),
              std::pair(2u, 3u));
  });
}

TEST_F(AdditionTest, AMapIsAddedToItself) {
  test::Case twice = sum;
  twice.second = twice.in;
  twice.layer.second_type = twice.layer.in_type;
  const Layer& l = twice.layer;
  put_block(twice, test::whole_layer(l));
  put_features(twice.in, l.in_type, main_, 0);
  run([&] {
    EXPECT_EQ(outcome({test::ring_command(0, main_),
                       test::layer_command(l, {.in = {0, 0}, .second = {0, 0}, .out = {0, 4096}}),
                       test::tile_command(l, part(l, 0, 64, 0, 16), true)}),
              std::pair(0u, 0u));
  });
  EXPECT_EQ(features(l.out, l.out_type, main_, 4096), test::expected(twice));
  EXPECT_EQ(total()[Counter::peak_feature_bits], 64u * (64 + 1)) << "one map, counted once";
}

}  // namespace
}  // namespace cairn
