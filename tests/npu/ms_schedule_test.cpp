// Steps of the memory-stationary core on layers whose accesses are known by hand.
#include <gtest/gtest.h>

#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/cores/ms/tiling.hpp"
#include "tests/npu/resnet50_layers.hpp"

namespace cairn {
namespace {

using npu::Geometry;
using npu::Tile;
using npu::ms::PixelBlocks;
using numbers::Layer;
using test::square_convolution;

struct Sums {
  std::uint64_t steps = 0, cycles = 0, pixels_fetched = 0, weight_bits = 0;
  std::uint64_t buffer_bits_read = 0, buffer_bits_written = 0;
};

Sums run(const Layer& layer, const std::vector<Tile>& tiles, std::int64_t line_buffer_bytes) {
  Geometry g = npu::ms::defaults();
  g.set("line_buffer_bytes", line_buffer_bytes);
  const auto schedule = npu::ms::MsMapping(g).schedule(layer);
  Sums s;
  for (const Tile& tile : tiles) {
    const npu::TileSteps part = schedule->next(tile);
    s.steps += part.steps.size();
    for (const npu::PixelRun& run : part.runs)
      s.pixels_fetched += run.count;
    for (const npu::Step& step : part.steps) {
      s.cycles += step.compute_cycles;
      s.weight_bits += step.weight_bits;
      s.buffer_bits_read += step.buffer_bits_read;
      s.buffer_bits_written += step.buffer_bits_written;
    }
  }
  return s;
}

std::vector<Tile> tiles(const Layer& layer, const PixelBlocks& blocks, std::uint32_t channels) {
  return npu::ms::chunked(npu::ms::pixel_blocks(layer, blocks), channels);
}

/// 8x8 pixels of 16 channels of 4 bits, 8 bytes each, 3x3, to 32 channels. A step's window is 3 x 6
/// pixels, in a row of two steps one column each is padding.
const Layer kLayer = square_convolution(8, 16, 32, 3, 1, 4);
constexpr std::int64_t kPixel = 8, kRows = (2 * 8 + 6) * kPixel, kWindow = 3 * 6 * kPixel;
/// Pixels of all windows: two steps of 5 columns in each row; 2 rows at the edges, 3 elsewhere.
constexpr std::uint64_t kWindows = (2 + 6 * 3 + 2) * 2 * 5;

TEST(MsScheduleTest, LineBufferOfTwoRowsAndAWindowFetchesEachPixelOnce) {
  const Sums s = run(kLayer, {npu::ms::whole(kLayer)}, kRows);
  EXPECT_EQ(s.steps, 16u);
  EXPECT_EQ(s.pixels_fetched, 64u);
  // 9 * 16 / 8 = 18 groups of 16 bit products, 2 passes of 16 channels.
  EXPECT_EQ(s.cycles, 16u * 2 * 18);
  EXPECT_EQ(s.buffer_bits_written, 64u * 64);
  EXPECT_EQ(s.buffer_bits_read, kWindows * 64 * 2);
}

TEST(MsScheduleTest, LineBufferOfAWindowFetchesItForEveryStep) {
  EXPECT_EQ(run(kLayer, {npu::ms::whole(kLayer)}, kRows - 1).pixels_fetched, kWindows);
  EXPECT_EQ(run(kLayer, {npu::ms::whole(kLayer)}, kWindow).pixels_fetched, kWindows);
}

TEST(MsScheduleTest, SmallerLineBufferFetchesTheWindowForEveryPass) {
  EXPECT_EQ(run(kLayer, {npu::ms::whole(kLayer)}, kWindow - 1).pixels_fetched, 2 * kWindows);
}

TEST(MsScheduleTest, NextChunkOfChannelsFindsItsInputInTheLineBuffer) {
  const auto pixel_outer = tiles(kLayer, {1, 4}, 16);
  EXPECT_EQ(pixel_outer.size(), 32u);
  EXPECT_EQ(run(kLayer, pixel_outer, kRows).pixels_fetched, 64u);
  EXPECT_EQ(run(kLayer, pixel_outer, kWindow).pixels_fetched, kWindows);
}

TEST(MsScheduleTest, RowsAreFetchedForEachChunkUnlessTheirWindowFitsAsAWhole) {
  const auto rows = tiles(kLayer, {4, 0}, 16);
  EXPECT_EQ(rows.size(), 4u);
  // Rows 0..4 for outputs 0..3, rows 3..7 for outputs 4..7: the second chunk fetches them again.
  EXPECT_EQ(run(kLayer, rows, kRows).pixels_fetched, 64u + 2 * 5 * 8);
  // Six rows hold either block's input.
  EXPECT_EQ(run(kLayer, rows, 6 * 8 * kPixel).pixels_fetched, 64u);
}

TEST(MsScheduleTest, ChannelOuterFetchesTheMapForEachChunk) {
  const auto channel_outer = tiles(kLayer, {8, 0}, 16);
  EXPECT_EQ(channel_outer.size(), 2u);
  EXPECT_EQ(run(kLayer, channel_outer, kRows).pixels_fetched, 2u * 64);
}

TEST(MsScheduleTest, StridedPointwiseLayerFetchesOnlyWhatItUses) {
  const Layer l = square_convolution(8, 16, 16, 1, 2, 4);
  EXPECT_EQ(run(l, {npu::ms::whole(l)}, kRows).pixels_fetched, 16u);
}

TEST(MsScheduleTest, PartOfTheInputChannelsCostsItsShare) {
  const Layer l = kLayer;
  const Sums s = run(l, npu::ms::weight_stationary(l, 32, 8), kRows);
  EXPECT_EQ(s.cycles, 2u * 16 * 2 * 9);
  EXPECT_EQ(s.pixels_fetched, 2u * 64);
  EXPECT_EQ(s.buffer_bits_written, 64u * 64);
}

TEST(MsScheduleTest, EveryStepStreamsTheWeightsAndTheFirstOfATileTheTable) {
  const std::uint64_t weights = 32 * 144 * 4, table = 32 * 3 * 32;
  EXPECT_EQ(run(kLayer, {npu::ms::whole(kLayer)}, kRows).weight_bits, 16 * weights + table);
  EXPECT_EQ(run(kLayer, tiles(kLayer, {1, 4}, 16), kRows).weight_bits, 16 * (weights + table));
}

TEST(MsScheduleTest, AdditionTakesOneCycleForEachBitOfItsWiderFeature) {
  Layer l = square_convolution(8, 16, 16, 1, 1, 4);
  l.op = numbers::Op::add;
  l.weight_bits = 0;
  l.second_type.bits = 6;
  ASSERT_EQ(numbers::invalid(l), "");
  const Sums s = run(l, {npu::ms::whole(l)}, kRows);
  EXPECT_EQ(s.cycles, 16u * 6);
  EXPECT_EQ(s.buffer_bits_written, 64u * 16 * (4 + 6));
  EXPECT_EQ(s.buffer_bits_read, s.buffer_bits_written);
}

}  // namespace
}  // namespace cairn
