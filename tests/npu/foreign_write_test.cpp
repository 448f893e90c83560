// Writes of others into features and weights while a layer runs: a step computes with what the
// memory holds when it reads.
#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Counter;
using npu::Tile;
using numbers::Layer;

class ForeignWriteTest : public test::NpuBench {
 protected:
  ForeignWriteTest() : NpuBench(defaults()) {}

  /// Puts operands; the output lies behind the input.
  void place(const test::Case& c) {
    put_block(c, test::whole_layer(c.layer));
    put_features(c.in, c.layer.in_type, all_features(), 0);
  }
  static std::uint32_t out_bit(const Layer& l) {
    return static_cast<std::uint32_t>(npu::in_feature_bits(l));
  }
  std::vector<job::Command> list(const Layer& l, const std::vector<Tile>& tiles) {
    std::vector<job::Command> commands{
        test::ring_command(0, all_features()),
        test::layer_command(l, {.in = {0, 0}, .out = {0, out_bit(l)}})};
    for (const Tile& t : tiles)
      commands.push_back(test::tile_command(l, t, &t == &tiles.back()));
    return commands;
  }
  std::vector<std::int32_t> output(const Layer& l) {
    return features(l.out, l.out_type, all_features(), out_bit(l));
  }

  /// The case with input pixels [first, first + count) zero.
  static test::Case with_zeros(test::Case c, int first, int count) {
    std::fill_n(c.in.begin() + first * c.layer.in.channels, count * c.layer.in.channels,
                std::int16_t{0});
    return c;
  }
  /// Writes zeros over pixels of 16 4-bit channels, each a word.
  void write_zeros(int first, int count) {
    const std::vector<std::uint64_t> zeros(static_cast<std::size_t>(count));
    EXPECT_TLM_OK(host.write(kFeatures + 8u * static_cast<unsigned>(first), zeros.data(),
                             8u * static_cast<unsigned>(count)));
  }

  const test::Case row = test::operands(test::convolution({1, 64, 16}, 16, 1), 7);
  const test::Case map = test::operands(test::convolution({8, 8, 16}, 16, 3), 8);
};

TEST_F(ForeignWriteTest, AFeatureWrittenBeforeItsStepIsComputedWithItsNewValue) {
  const test::Case changed = with_zeros(row, 60, 1);
  ASSERT_NE(test::expected(changed), test::expected(row));
  place(row);
  run([&] {
    start(list(row.layer, {test::whole_layer(row.layer)}));
    wait_until_computing(2);  // 16 steps of 2 cycles follow, 18 for the first
    write_zeros(60, 1);       // read by the last step
    EXPECT_TRUE(records.empty()) << "the tile was over before the write";
    wait_for_irq();
  });
  EXPECT_EQ(output(row.layer), test::expected(changed));
}

TEST_F(ForeignWriteTest, AFeatureWrittenAfterItsStepDoesNotMatter) {
  place(row);
  run([&] {
    start(list(row.layer, {test::whole_layer(row.layer)}));
    wait_until_computing(2);
    write_zeros(0, 1);  // read by the first step
    EXPECT_TRUE(records.empty());
    wait_for_irq();
  });
  EXPECT_EQ(output(row.layer), test::expected(row));
}

TEST_F(ForeignWriteTest, AFlippedBitOfAFeatureIsSeenByTheStepsThatStillReadIt) {
  test::Case changed = row;
  changed.in[63 * 16 + 5] ^= 8;
  ASSERT_NE(test::expected(changed), test::expected(row));
  place(row);
  run([&] {
    start(list(row.layer, {test::whole_layer(row.layer)}));
    wait_until_computing(2);
    npu.features.flip((63 * 16 + 5) * 4 + 3);
    npu.features.flip(2);  // of pixel 0, which has been read
    wait_for_irq();
  });
  EXPECT_EQ(output(row.layer), test::expected(changed));
}

TEST_F(ForeignWriteTest, WeightsWrittenByOthersCountFromTheNextStepOn) {
  test::Case zeroed = row;
  std::ranges::fill(zeroed.weights, std::int8_t{0});
  place(row);
  run([&] {
    start(list(row.layer, {test::whole_layer(row.layer)}));
    wait_until_computing(2);
    const std::vector<std::uint8_t> zeros(numbers::weight_bytes(row.layer));
    EXPECT_TLM_OK(host.write(kWeights, zeros.data(), zeros.size()));
    EXPECT_TRUE(records.empty());
    wait_for_irq();
  });
  const auto before = test::expected(row), after = test::expected(zeroed),
             result = output(row.layer);
  EXPECT_TRUE(std::equal(result.begin(), result.begin() + 4 * 16, before.begin()))
      << "the first step";
  EXPECT_TRUE(std::equal(result.end() - 4 * 16, result.end(), after.end() - 4 * 16))
      << "the last step";
}

TEST_F(ForeignWriteTest, OverflowsCountOnceForEachStepAsItIsComputed) {
  Layer l = test::convolution({1, 64, 16}, 16, 1);
  l.out_type = {numbers::kAccumulatorBits, true, 0};
  l.requantisation = numbers::Requantisation::none;
  test::Case c = test::operands(l, 10);
  std::ranges::fill(c.table.bias, 2'147'483'500);
  const test::Case changed = with_zeros(c, 60, 1);
  std::uint64_t before = 0, after = 0;
  test::expected(c, &before);
  test::expected(changed, &after);
  ASSERT_LT(0u, after);
  ASSERT_LT(after, before);
  place(c);
  run([&] {
    start(list(l, {test::whole_layer(l)}));
    wait_until_computing(2);
    write_zeros(60, 1);
    EXPECT_TRUE(records.empty());
    wait_for_irq();
  });
  EXPECT_EQ(output(l), test::expected(changed));
  EXPECT_EQ(total()[Counter::overflows], after);
}

/// Two tiles of four rows each; the second waits until rows were written in between.
class BetweenTilesTest : public ForeignWriteTest {
 protected:
  std::vector<std::int32_t> output_with_zeros_between(int first, int count) {
    place(map);
    Tile upper = test::whole_layer(map.layer), lower = upper;
    upper.pixels = lower.pixels = lower.first_pixel = 32;
    std::vector<job::Command> commands = list(map.layer, {upper, lower});
    commands.back() = test::waits(commands.back(), 5, 1);
    run([&] {
      start(commands);
      while (records.empty())
        sc_core::wait(10, sc_core::SC_NS);
      write_zeros(first, count);
      npu.tokens.signal(5, 1);
      wait_for_irq();
      EXPECT_EQ(error_code(), 0u);
    });
    return output(map.layer);
  }
};

TEST_F(BetweenTilesTest, FeaturesNotYetReadAreComputedWithTheirNewValues) {
  const auto changed = test::expected(with_zeros(map, 48, 16));  // rows 6 and 7
  ASSERT_NE(changed, test::expected(map));
  EXPECT_EQ(output_with_zeros_between(48, 16), changed);
}

TEST_F(BetweenTilesTest, FeaturesKeptInTheLineBufferHaveTheirOldValues) {
  ASSERT_NE(test::expected(with_zeros(map, 32, 8)), test::expected(map));
  EXPECT_EQ(output_with_zeros_between(32, 8),
            test::expected(map));  // row 4: read by the upper tile
}

TEST_F(BetweenTilesTest, RowsOnBothSidesOfWhatHasBeenReadAreToldApart) {
  // Rows 4 to 7: the upper tile has read row 4 only.
  EXPECT_EQ(output_with_zeros_between(32, 32), test::expected(with_zeros(map, 40, 24)));
}

TEST_F(ForeignWriteTest, EveryChunkOfChannelsReadsTheFeaturesAnew) {
  const Layer wide = test::convolution({1, 64, 16}, 32, 1);
  const test::Case c = test::operands(wide, 9);
  const test::Case changed = with_zeros(c, 0, 64);
  Tile low = test::whole_layer(wide), high = low;
  low.channels = high.channels = high.first_channel = 16;
  const std::uint32_t block = put_block(c, low);
  put_block(c, high, block);
  put_features(c.in, wide.in_type, all_features(), 0);
  std::vector<job::Command> commands = list(wide, {low, high});
  commands.back() = test::waits(test::tile_command(wide, high, true, block), 5, 1);
  run([&] {
    start(commands);
    while (records.empty())
      sc_core::wait(10, sc_core::SC_NS);
    write_zeros(0, 64);
    npu.tokens.signal(5, 1);
    wait_for_irq();
  });
  const auto result = output(wide), before = test::expected(c), after = test::expected(changed);
  for (std::size_t i = 0; i < result.size(); ++i)
    ASSERT_EQ(result[i], i % 32 < 16 ? before[i] : after[i]) << "element " << i;
}

TEST_F(ForeignWriteTest, WeightsOfTheNextTileAreLoadedWhileATileRuns) {
  const Layer wide = test::convolution({1, 64, 16}, 32, 1);
  const test::Case c = test::operands(wide, 9);
  Tile low = test::whole_layer(wide), high = low;
  low.channels = high.channels = high.first_channel = 16;
  const std::uint32_t next = put_block(c, low);
  put_features(c.in, wide.in_type, all_features(), 0);
  std::vector<job::Command> commands = list(wide, {low, high});
  commands.back() = test::waits(test::tile_command(wide, high, true, next), 5, 1);
  const std::vector<std::uint8_t> block = test::tile_block(c, high);
  run([&] {
    start(commands);
    wait_until_computing(2);
    EXPECT_TLM_OK(host.write(kWeights + next, block.data(), block.size()));
    EXPECT_TRUE(records.empty()) << "the first tile was over before the write";
    npu.tokens.signal(5, 1);
    wait_for_irq();
  });
  EXPECT_EQ(output(wide), test::expected(c));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].counters[Counter::stall_token], 0u);
}

}  // namespace
}  // namespace cairn
