// Counters of the memory-stationary core against layers whose accesses are known by hand.
#include <algorithm>

#include "tests/npu/npu_bench.hpp"

namespace cairn {
namespace {

using npu::Counter;
using numbers::Layer;
using numbers::Op;
using numbers::Requantisation;

/// 4 x 4 pixels of 16 4-bit channels are one 64-bit word each.
Layer pointwise(int size, int stride) {
  Layer l;
  l.op = Op::convolution;
  l.in = {size, size, 16};
  l.out = {size / stride, size / stride, 16};
  l.in_type = l.out_type = {4, false, 0};
  l.stride_h = l.stride_w = stride;
  l.weight_bits = 4;
  l.requantisation = Requantisation::thresholds;
  return l;
}

Layer convolution3x3(int size) {
  Layer l = pointwise(size, 1);
  l.kernel_h = l.kernel_w = 3;
  l.pad_top = l.pad_left = 1;
  return l;
}

class MsCountersTest : public test::NpuBench {
 protected:
  MsCountersTest() : MsCountersTest(defaults()) {}
  explicit MsCountersTest(const NpuOptions& options) : NpuBench(options) {}

  const npu::Counters& run_one(const Layer& layer) {
    const test::Operands o = test::random_operands(layer, random);
    put_block(layer, o);
    put_input(layer, o, 0);
    const auto out_bit = static_cast<std::uint32_t>(npu::in_feature_bits(layer));
    run([&] {
      start({command_of(layer, 0, out_bit)});
      wait_for_irq();
      EXPECT_EQ(error_code(), 0u);
    });
    EXPECT_EQ(output(layer, out_bit), o.expected(layer));
    EXPECT_EQ(records.size(), 1u);
    return records.at(0).counters;
  }

  std::mt19937 random{1};
};

TEST_F(MsCountersTest, PointwiseLayerReadsEachFeatureOnceAndItsWeightsForEveryTileOfFourPixels) {
  const npu::Counters& c = run_one(pointwise(4, 1));
  EXPECT_EQ(c[Counter::macs], 16u * 16 * 16);
  EXPECT_EQ(c[Counter::feature_words_read], 16u);
  EXPECT_EQ(c[Counter::feature_elements_read], 256u);
  EXPECT_EQ(c[Counter::feature_words_written], 16u);
  EXPECT_EQ(c[Counter::feature_elements_written], 256u);
  // 16 x 16 4-bit weights are 16 words, fetched for each of the 4 tiles; 16 tables of 16 int32 are
  // 128 words, once.
  EXPECT_EQ(c[Counter::weight_words_read], 4u * 16 + 128);
}

TEST_F(MsCountersTest, CyclesAreArrayTimeOrPortTimeWhicheverIsLonger) {
  const npu::Counters& c = run_one(pointwise(4, 1));
  // 16 inputs on 8 lanes, 16 bit products of 16 at once: 2 cycles a tile. The first tile also
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
  const npu::Counters& c = run_one(convolution3x3(8));
  EXPECT_EQ(c[Counter::feature_elements_read], 64u * 16);
  EXPECT_EQ(c[Counter::feature_words_read], 64u);
  EXPECT_EQ(c[Counter::peak_feature_bits],
            64u * (64 + 9 + 1));  // one row and one pixel wait to be freed, one is new
}

TEST_F(MsCountersTest, JobsCommandsAndMacsAddUpInTheNpu) {
  run_one(pointwise(4, 1));
  EXPECT_EQ(npu.counters()[Counter::jobs], 1u);
  EXPECT_EQ(npu.counters()[Counter::commands], 1u);
  EXPECT_EQ(npu.counters()[Counter::macs], 4096u);
}

class SmallLineBufferTest : public MsCountersTest {
 protected:
  SmallLineBufferTest() : MsCountersTest(small()) {}

  static NpuOptions small() {
    NpuOptions options = defaults();
    options.geometry.set("line_buffer_bytes",
                         8 * 18);  // the 3 x 6 pixels of a tile's window, not two rows more
    return options;
  }
};

TEST_F(SmallLineBufferTest, WhatDoesNotFitIsReadAgainAndCounted) {
  const npu::Counters& c = run_one(convolution3x3(8));
  // Two tiles a row, each 5 columns (one is padding); 2 rows at the upper and lower edge, 3
  // elsewhere.
  EXPECT_EQ(c[Counter::feature_elements_read], 2u * 5 * (2 + 6 * 3 + 2) * 16);
}

}  // namespace
}  // namespace cairn
