// Layers that take turns: fused pairs, streams through a ring of the buffer, inputs that come row
// by row, maps that several layers read.
#include "tests/npu/live_set.hpp"
#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Counter;
using npu::LayerPlacement;
using npu::Tile;
using numbers::Layer;

class TurnsTest : public test::NpuBench {
 protected:
  TurnsTest() : NpuBench(defaults()) {}

  /// Operands of a layer that reads the reference output of `before`.
  static test::Case after(const test::Case& before, const Layer& layer, std::uint64_t seed) {
    test::Case c = test::operands(layer, seed);
    const std::vector<std::int32_t> in = test::expected(before);
    std::ranges::transform(in, c.in.begin(),
                           [](std::int32_t q) { return static_cast<std::int16_t>(q); });
    return c;
  }
  static Tile pixels(const Layer& l, std::uint32_t first, std::uint32_t count) {
    Tile t = test::whole_layer(l);
    t.first_pixel = first;
    t.pixels = count;
    return t;
  }
  static Tile row(const Layer& l, int y) {
    const auto width = static_cast<std::uint32_t>(l.out.width);
    return pixels(l, static_cast<std::uint32_t>(y) * width, width);
  }
  std::vector<std::int32_t> output(const test::Case& c, unsigned bit, const npu::Ring& ring) {
    return features(c.layer.out, c.layer.out_type, ring, bit);
  }
};

/// 1x1 from 16 to 64 channels and back to 16, four pixels at a time: the wide map has never more
/// than four pixels.
class PairTest : public TurnsTest {
 protected:
  static constexpr std::uint32_t kPixels = 4, kWidePixel = 256;  // bits

  PairTest() {
    block_ = put_block(expand, test::whole_layer(expand.layer));
    put_block(reduce, test::whole_layer(reduce.layer), block_);
    put_features(expand.in, expand.layer.in_type, main_, kWord);
  }

  std::vector<job::Command> list(std::uint32_t wide_pixels) const {
    const npu::Ring wide{job::Memory::kBuffer, 640, std::uint64_t{wide_pixels} * kWidePixel};
    std::vector<job::Command> commands{
        test::ring_command(0, main_), test::ring_command(6, wide),
        test::layer_command(expand.layer, {.in = {0, kWord}, .out = {6, 0}}, 0, 1),
        test::layer_command(reduce.layer, {.in = {6, 0}, .out = {0, 0}}, 1, 2)};
    for (std::uint32_t p = 0; p < 64; p += kPixels) {
      const bool is_last = p + kPixels == 64;
      commands.push_back(
          test::tile_command(expand.layer, pixels(expand.layer, p, kPixels), is_last, 0, 0, 1));
      commands.push_back(test::tile_command(reduce.layer, pixels(reduce.layer, p, kPixels), is_last,
                                            block_, 1, 2));
    }
    return commands;
  }

  static constexpr std::uint32_t kWord = 64;  // a pixel of the narrow maps
  const npu::Ring main_{job::Memory::kFeatures, 0, kWord*(64 + kPixels)};
  const test::Case expand = test::operands(test::convolution({8, 8, 16}, 64, 1), 1);
  const test::Case reduce = after(expand, test::convolution({8, 8, 64}, 16, 1), 2);
  std::uint32_t block_ = 0;
};

TEST_F(PairTest, TheWideMapPassesThroughARingOfFourPixels) {
  run([&] { EXPECT_EQ(outcome(list(kPixels)), std::pair(0u, 0u)); });
  EXPECT_EQ(output(reduce, 0, main_), test::expected(reduce));
  // The first layer frees four pixels before the second one writes as many.
  EXPECT_EQ(total()[Counter::peak_feature_bits], 64u * kWord);
  EXPECT_EQ(total()[Counter::feature_elements_read], 64u * 16);
  EXPECT_EQ(total()[Counter::feature_elements_written], 64u * 16);
  EXPECT_EQ(total()[Counter::buffer_elements_written], 64u * 64);
  EXPECT_EQ(total()[Counter::buffer_elements_read], 64u * 64);
  EXPECT_EQ(total()[Counter::drain], 2u * 8);
  for (std::size_t i = 0; i < records.size(); ++i)
    EXPECT_EQ(records[i].layer, 1 + i % 2) << "tile " << i;
}

TEST_F(PairTest, ARingOfFewerPixelsThanAreAliveIsOverrun) {
  run([&] { EXPECT_EQ(outcome(list(kPixels - 1)), std::pair(2u, 4u)); });
}

TEST_F(PairTest, ARingThatIsNoMultipleOfWhatATileWritesWrapsInTheMiddle) {
  run([&] { EXPECT_EQ(outcome(list(kPixels + 3)), std::pair(0u, 0u)); });
  EXPECT_EQ(output(reduce, 0, main_), test::expected(reduce));
}

TEST_F(PairTest, AForeignWriteIntoTheNarrowMapReachesBothLayers) {
  test::Case changed = expand;
  std::fill_n(changed.in.begin() + 63 * 16, 16, std::int16_t{0});
  const test::Case other = after(changed, reduce.layer, 2);
  ASSERT_NE(test::expected(other), test::expected(reduce));
  run([&] {
    start(list(kPixels));
    wait_until_computing(5);
    const std::uint64_t zeros = 0;
    EXPECT_TLM_OK(host.write(kFeatures + 8 * 64, &zeros, 8));
    wait_for_irq();
    EXPECT_EQ(error_code(), 0u);
  });
  EXPECT_EQ(output(reduce, 0, main_), test::expected(other));
}

/// A 3x3 convolution, and pooling over 3x3 with stride 2 that follows it row by row.
class StreamTest : public TurnsTest {
 protected:
  static constexpr std::uint32_t kRow = 8 * 64;  // bits of a row, input and middle

  StreamTest() {
    put_block(first, test::whole_layer(first.layer));
    put_features(first.in, first.layer.in_type, in_, 0);
  }

  const test::Case first = test::operands(test::convolution({8, 8, 16}, 16, 3), 3);
  const test::Case pool = after(first, test::max_pool({8, 8, 16}, 3, 2), 4);
  const npu::Ring in_{job::Memory::kFeatures, 0, 8 * kRow};
  const npu::Ring out_{job::Memory::kFeatures, 8 * kRow, 16 * 64};
};

TEST_F(StreamTest, PoolingFollowsItsConvolutionThroughARingOfAFewRows) {
  // Row y of the pool needs rows 2y - 1 to 2y + 1; the ring holds them and nothing else.
  const npu::Ring rows{job::Memory::kBuffer, 0, 3 * kRow};
  std::vector<job::Command> list{test::ring_command(0, in_), test::ring_command(1, out_),
                                 test::ring_command(5, rows),
                                 test::layer_command(first.layer, {.in = {0, 0}, .out = {5, 0}}),
                                 test::layer_command(pool.layer, {.in = {5, 0}, .out = {1, 0}}, 1)};
  int produced = 0;
  for (int y = 0; y < 4; ++y) {
    for (; produced < 2 * y + 2; ++produced)
      list.push_back(test::tile_command(first.layer, row(first.layer, produced), produced == 7));
    list.push_back(test::tile_command(pool.layer, row(pool.layer, y), y == 3, 0, 1));
  }
  run([&] { EXPECT_EQ(outcome(list), std::pair(0u, 0u)); });
  EXPECT_EQ(output(pool, 0, out_), test::expected(pool));
  EXPECT_EQ(total()[Counter::buffer_elements_read], 64u * 16) << "each row of the middle once";
}

TEST_F(StreamTest, AnInputLargerThanItsRingComesRowByRow) {
  const npu::Ring rows{job::Memory::kFeatures, 8 * kRow, 4 * kRow};
  const npu::Ring out{job::Memory::kFeatures, 12 * kRow, 8 * kRow};
  std::vector<job::Command> list{test::ring_command(4, rows), test::ring_command(0, out),
                                 test::layer_command(first.layer, {.in = {4, 0}, .out = {0, 0}})};
  for (int y = 0; y < 8; ++y)  // once rows up to y + 1 are there
    list.push_back(
        test::signals(test::waits(test::tile_command(first.layer, row(first.layer, y), y == 7), 0,
                                  static_cast<std::uint16_t>(std::min(y + 2, 8))),
                      1, 1));
  const auto packed = npu.features.data().first(8 * kRow / 8);  // the input, put there before
  const std::vector<std::uint8_t> source(packed.begin(), packed.end());
  run([&] {
    start(list);
    for (unsigned y = 0; y < 8; ++y) {
      // Row y takes the place of row y - 4, which output rows up to y - 3 read.
      sc_core::wait(200, sc_core::SC_NS);
      while (y >= 4 && !npu.tokens.reached(1, static_cast<std::uint16_t>(y - 2)))
        sc_core::wait(npu.tokens.changed);
      EXPECT_TLM_OK(
          host.write(kFeatures + (rows.begin + y % 4 * kRow) / 8, &source[y * kRow / 8], kRow / 8));
      npu.tokens.signal(0, 1);
    }
    wait_for_irq();
    EXPECT_EQ(error_code(), 0u);
  });
  EXPECT_EQ(output(first, 0, out), test::expected(first));
  EXPECT_EQ(total()[Counter::feature_elements_read], 64u * 16);
  EXPECT_EQ(total()[Counter::peak_feature_bits], 8u * kRow) << "of a stream, nothing is alive";
  EXPECT_GT(total()[Counter::stall_token], 400u) << "it waits for the rows";
}

/// out = add(convolution(in), in): the residual block.
class ResidualTest : public TurnsTest {
 protected:
  static constexpr std::uint32_t kMap = 64 * 64;  // bits of each map

  ResidualTest() {
    sum.in.clear();
    for (const std::int32_t q : test::expected(first))
      sum.in.push_back(static_cast<std::int16_t>(q));
    sum.second = first.in;
    block_ = put_block(first, test::whole_layer(first.layer));
    put_block(sum, test::whole_layer(sum.layer), block_);
    put_features(first.in, first.layer.in_type, shortcut_, kWord);
  }

  std::vector<job::Command> list(job::Release release) const {
    return {
        test::ring_command(0, main_),
        test::ring_command(1, shortcut_),
        test::layer_command(first.layer, {.in = {1, kWord}, .out = {0, 0}, .in_release = release}),
        test::tile_command(first.layer, test::whole_layer(first.layer), true),
        test::layer_command(sum.layer, {.in = {0, 0}, .second = {1, kWord}, .out = {1, 0}}),
        test::tile_command(sum.layer, test::whole_layer(sum.layer), true, block_)};
  }

  static constexpr std::uint32_t kWord = 64;
  const npu::Ring main_{job::Memory::kFeatures, 0, kMap};
  const npu::Ring shortcut_{job::Memory::kFeatures, kMap, kMap + kWord};
  const test::Case first = test::operands(test::convolution({8, 8, 16}, 16, 3), 5);
  test::Case sum = test::operands(test::addition({8, 8, 16}), 6);
  std::uint32_t block_ = 0;
};

TEST_F(ResidualTest, AMapThatIsKeptIsThereForTheAddition) {
  run([&] { EXPECT_EQ(outcome(list(job::Release::kKept)), std::pair(0u, 0u)); });
  EXPECT_EQ(output(sum, 0, shortcut_), test::expected(sum));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].counters[Counter::peak_feature_bits], 2u * kMap);
  EXPECT_EQ(records[1].counters[Counter::peak_feature_bits], 2u * kMap + kWord);
}

TEST_F(ResidualTest, WhatIsAliveAfterTheAdditionIsItsOutput) {
  std::vector<job::Command> commands = list(job::Release::kKept);
  // A last layer elsewhere sees what is left: the sum and its own input and output.
  const Layer tiny = test::max_pool({1, 1, 16}, 1, 1);
  const npu::Ring elsewhere{job::Memory::kFeatures, 4 * kMap, 2 * kWord};
  commands.push_back(test::ring_command(2, elsewhere));
  commands.push_back(test::layer_command(tiny, {.in = {2, 0}, .out = {2, kWord}}));
  commands.push_back(test::tile_command(tiny, test::whole_layer(tiny), true));
  run([&] { EXPECT_EQ(outcome(commands), std::pair(0u, 0u)); });
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[2].counters[Counter::peak_feature_bits], kMap + 2 * kWord);
}

TEST_F(ResidualTest, AMapThatTwoLayersReadAndTheFirstFreesIsTakenForOneFromOutside) {
  // Nobody but the list knows that the same features are meant: they are counted anew.
  run([&] { EXPECT_EQ(outcome(list(job::Release::kAtEnd)), std::pair(0u, 0u)); });
  EXPECT_EQ(records[1].counters[Counter::peak_feature_bits], 2u * kMap + kWord);
}

TEST_F(TurnsTest, AFlattenedMapIsOnePixel) {
  const test::Case map = test::operands(test::convolution({4, 4, 16}, 16, 3), 7);
  Layer dense = test::convolution({1, 1, 256}, 10, 1);
  dense.op = numbers::Op::fully_connected;
  const test::Case c = after(map, dense, 8);
  const std::uint32_t block = put_block(map, test::whole_layer(map.layer));
  put_block(c, test::whole_layer(dense), block);
  put_features(map.in, map.layer.in_type, all_features(), 0);
  run([&] {
    EXPECT_EQ(outcome({test::ring_command(0, all_features()),
                       test::layer_command(map.layer, {.in = {0, 0}, .out = {0, 1024}}),
                       test::tile_command(map.layer, test::whole_layer(map.layer), true),
                       test::layer_command(dense, {.in = {0, 1024}, .out = {0, 2048}}),
                       test::tile_command(dense, test::whole_layer(dense), true, block)}),
              std::pair(0u, 0u));
  });
  EXPECT_EQ(output(c, 2048, all_features()), test::expected(c));
  EXPECT_EQ(records.at(1).counters[Counter::peak_feature_bits], 1024u + 40);
}

TEST_F(TurnsTest, LayersInAllFourSlotsDoNotDisturbEachOther) {
  std::vector<test::Case> cases;
  std::vector<job::Command> list{test::ring_command(0, all_features())};
  std::vector<std::uint32_t> blocks{0};
  for (std::uint8_t slot = 0; slot < 4; ++slot) {
    cases.push_back(test::operands(test::convolution({4, 4, 16}, 16, 3), 20u + slot));
    const std::uint32_t at = 3000u * slot;
    put_features(cases.back().in, cases.back().layer.in_type, all_features(), at);
    blocks.push_back(put_block(cases.back(), test::whole_layer(cases.back().layer), blocks.back()));
    list.push_back(
        test::layer_command(cases.back().layer, {.in = {0, at}, .out = {0, at + 1024}}, slot));
  }
  for (int y = 0; y < 4; ++y)
    for (std::uint8_t slot = 0; slot < 4; ++slot)
      list.push_back(test::tile_command(cases[slot].layer, row(cases[slot].layer, y), y == 3,
                                        blocks[slot], slot));
  run([&] { EXPECT_EQ(outcome(list), std::pair(0u, 0u)); });
  for (unsigned slot = 0; slot < 4; ++slot)
    EXPECT_EQ(output(cases[slot], 3000 * slot + 1024, all_features()), test::expected(cases[slot]))
        << slot;
}

}  // namespace
}  // namespace cairn
