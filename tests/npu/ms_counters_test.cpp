// Counters of the memory-stationary core against layers whose accesses are known by hand.
#include <algorithm>

#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Counter;
using numbers::Layer;
using test::convolution;

/// 16 4-bit channels: a pixel is one 64-bit word.
Layer pointwise(int size, int stride) {
  return convolution({size, size, 16}, 16, 1, stride);
}

class MsCountersTest : public test::NpuBench {
 protected:
  MsCountersTest() : MsCountersTest(defaults()) {}
  explicit MsCountersTest(const NpuOptions& options) : NpuBench(options) {}

  const npu::Counters& run_one(const Layer& layer) {
    const test::Case c = test::operands(layer, 1);
    const npu::Tile tile = test::whole_layer(layer);
    put_block(c, tile);
    put_features(c.in, layer.in_type, all_features(), 0);
    const auto out_bit = static_cast<std::uint32_t>(npu::in_feature_bits(layer));
    run([&] {
      start({test::ring_command(0, all_features()),
             test::layer_command(layer, {.in = {0, 0}, .out = {0, out_bit}}),
             test::tile_command(layer, tile, true)});
      wait_for_irq();
      EXPECT_EQ(error_code(), 0u);
    });
    EXPECT_EQ(features(layer.out, layer.out_type, all_features(), out_bit), test::expected(c));
    EXPECT_EQ(records.size(), 1u);
    return records.at(0).counters;
  }
};

TEST_F(MsCountersTest, PointwiseLayerReadsEachFeatureOnceAndItsWeightsForEveryTileOfFourPixels) {
  const npu::Counters& c = run_one(pointwise(4, 1));
  EXPECT_EQ(c[Counter::macs], 16u * 16 * 16);
  EXPECT_EQ(c[Counter::feature_words_read], 16u);
  EXPECT_EQ(c[Counter::feature_elements_read], 256u);
  EXPECT_EQ(c[Counter::feature_words_written], 16u);
  EXPECT_EQ(c[Counter::feature_elements_written], 256u);
  // 16 x 16 4-bit weights are 16 words, fetched for each of the 4 steps; 16 tables of 16 int32 are
  // 128 words, once.
  EXPECT_EQ(c[Counter::weight_words_read], 4u * 16 + 128);
}

TEST_F(MsCountersTest, CyclesAreArrayTimeOrPortTimeWhicheverIsLonger) {
  const npu::Counters& c = run_one(pointwise(4, 1));
  // 16 inputs on 8 lanes, 16 bit products of 16 at once: 2 cycles a step. The first step also
  // fetches the tables: 144 words through a port of 8 words a cycle are 18 cycles, so 16 cycles of
  // stall. The drain takes 8 cycles.
  EXPECT_EQ(c[Counter::stall_weight_port], 16u);
  EXPECT_EQ(c[Counter::stall_feature_port], 0u);
  EXPECT_EQ(c[Counter::drain], 8u);
  EXPECT_EQ(c[Counter::cycles] - c[Counter::stall_fetch], 18u + 3 * 2 + 8);
}

TEST_F(MsCountersTest, StridedPointwiseLayerReadsOnlyWhatItUses) {
  const npu::Counters& c = run_one(pointwise(8, 2));
  EXPECT_EQ(c[Counter::feature_elements_read], 16u * 16);  // 16 of the 64 pixels
  EXPECT_EQ(c[Counter::feature_words_read], 16u);
}

TEST_F(MsCountersTest, LineBufferLetsA3x3LayerReadEachFeatureOnce) {
  const npu::Counters& c = run_one(convolution({8, 8, 16}, 16, 3));
  EXPECT_EQ(c[Counter::feature_elements_read], 64u * 16);
  EXPECT_EQ(c[Counter::feature_words_read], 64u);
  EXPECT_EQ(c[Counter::peak_feature_bits],
            64u * (64 + 9 + 1));  // one row and one pixel wait to be freed, one is new
}

TEST_F(MsCountersTest, AWordOfTheBufferCountsIfAnyOfItsBitsIsUsed) {
  // One pixel of three 4-bit channels a step: 12 bits go into the line buffer and come out again.
  const npu::Counters& c = run_one(convolution({3, 1, 3}, 16, 1));
  EXPECT_EQ(c[Counter::buffer_words_written], 3u);
  EXPECT_EQ(c[Counter::buffer_words_read], 3u);
  EXPECT_EQ(c[Counter::buffer_elements_read], 0u) << "features of rings in the buffer only";
}

TEST_F(MsCountersTest, JobsCommandsAndMacsAddUpInTheNpu) {
  run_one(pointwise(4, 1));
  EXPECT_EQ(npu.counters()[Counter::jobs], 1u);
  EXPECT_EQ(npu.counters()[Counter::commands], 3u);
  EXPECT_EQ(npu.counters()[Counter::macs], 4096u);
}

TEST_F(MsCountersTest, ProductsThatAChannelMaskTookAwayAreCounted) {
  const Layer layer = pointwise(4, 1);
  const test::Case c = test::operands(layer, 1);
  put_block(c, test::whole_layer(layer));
  put_features(c.in, layer.in_type, all_features(), 0);
  run([&] {
    start({test::ring_command(0, all_features()),
           test::layer_command(layer,
                               {.in = {0, 0}, .out = {0, 1024}, .in_masked = 4, .out_masked = 8}),
           test::tile_command(layer, test::whole_layer(layer), true)});
    wait_for_irq();
  });
  EXPECT_EQ(total()[Counter::macs], 16u * 16 * 16);
  EXPECT_EQ(total()[Counter::macs_skipped], 16u * (20 * 24 - 16 * 16));
}

class SmallLineBufferTest : public MsCountersTest {
 protected:
  SmallLineBufferTest() : MsCountersTest(small()) {}

  static NpuOptions small() {
    NpuOptions options = defaults();
    options.geometry.set("line_buffer_bytes",
                         8 * 18);  // the 3 x 6 pixels of a step's window, not two rows more
    return options;
  }
};

TEST_F(SmallLineBufferTest, WhatDoesNotFitIsReadAgainAndCounted) {
  const npu::Counters& c = run_one(convolution({8, 8, 16}, 16, 3));
  // Two steps a row, each 5 columns (one is padding); 2 rows at the upper and lower edge, 3
  // elsewhere.
  EXPECT_EQ(c[Counter::feature_elements_read], 2u * 5 * (2 + 6 * 3 + 2) * 16);
}

}  // namespace
}  // namespace cairn
