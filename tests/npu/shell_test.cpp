// The NPU shell: tokens, bad commands, abort, interrupts and counters over the bus.
#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Counter;
using numbers::Layer;

/// One row of 64 pixels in one tile: a layer takes long enough for others to interfere.
class NpuShellTest : public test::NpuBench {
 protected:
  NpuShellTest() : NpuBench(defaults()) {
    put_block(c, test::whole_layer(layer));
    put_features(c.in, layer.in_type, all_features(), 0);
    ring = test::ring_command(0, all_features());
    put = test::layer_command(layer, {.in = {0, 0}, .out = {0, kOutBit}});
    tile = test::tile_command(layer, test::whole_layer(layer), true);
  }

  std::pair<std::uint32_t, std::uint32_t> outcome_of_layer(const job::Command& changed) {
    return outcome({ring, changed, tile});
  }
  std::pair<std::uint32_t, std::uint32_t> outcome_of_tile(const job::Command& changed) {
    return outcome({ring, put, changed});
  }
  std::vector<std::int32_t> output() {
    return features(layer.out, layer.out_type, all_features(), kOutBit);
  }

  static constexpr std::uint32_t kOutBit = 64 * 64;
  const Layer layer = test::convolution({1, 64, 16}, 16, 1);
  const test::Case c = test::operands(layer, 7);
  job::Command ring{}, put{}, tile{};
};

TEST_F(NpuShellTest, IdentifiesItselfAndItsConfiguration) {
  run([&] {
    EXPECT_EQ(read32(kNpu + npu_regs::id::offset), 0xca17'0102u);
    EXPECT_EQ(read32(kNpu + npu_regs::geometry::offset), defaults().geometry.hash());
    EXPECT_EQ(read32(kNpu + npu_regs::features_bytes::offset), 122'880u);
    EXPECT_EQ(read32(kNpu + npu_regs::weights_bytes::offset), 65'536u);
    EXPECT_EQ(read32(kNpu + npu_regs::buffer_bytes::offset), 20'480u);
    EXPECT_EQ(read32(kNpu + npu_regs::capability::offset), job::kVersion << 16 | 8u << 8 | 8u);
  });
}

TEST_F(NpuShellTest, ComputesALayer) {
  run([&] { EXPECT_EQ(outcome({ring, put, tile}), std::pair(0u, 0u)); });
  EXPECT_EQ(output(), test::expected(c));
}

TEST_F(NpuShellTest, WaitsForItsTokenAndCountsTheStall) {
  tile = test::signals(test::waits(tile, 3, 2), 4, 5);
  run([&] {
    start({ring, put, tile});
    sc_core::wait(2, sc_core::SC_US);
    npu.tokens.signal(3, 1);
    sc_core::wait(2, sc_core::SC_US);
    EXPECT_TRUE(records.empty());
    EXPECT_NE(npu.activity().find("command 2 waits for token 3 to reach 2, it stands at 1"),
              std::string::npos)
        << npu.activity();
    npu.tokens.signal(3, 1);
    wait_for_irq();
    EXPECT_EQ(npu.tokens.count(4), 5u);
  });
  ASSERT_EQ(records.size(), 1u);
  const npu::Counters& n = records[0].counters;
  EXPECT_GT(n[Counter::stall_token], 2'800u);
  EXPECT_LT(n[Counter::stall_token], 3'200u);
  EXPECT_EQ(n[Counter::cycles], n[Counter::stall_token] + n[Counter::stall_fetch] +
                                    n[Counter::stall_weight_port] + n[Counter::stall_feature_port] +
                                    16 * 2 + n[Counter::drain]);
}

TEST_F(NpuShellTest, EveryKindOfCommandWaitsAndSignals) {
  job::Command barrier{};
  std::vector<job::Command> list{ring, put, tile, barrier};
  for (std::uint8_t i = 0; i < list.size(); ++i)
    list[i] = test::signals(test::waits(list[i], i, 1), static_cast<std::uint8_t>(i + 8), 3);
  run([&] {
    start(list);
    for (std::uint8_t i = 0; i < list.size(); ++i) {
      sc_core::wait(1, sc_core::SC_US);
      EXPECT_EQ(npu.tokens.count(static_cast<std::uint8_t>(i + 8)), 0u) << int(i);
      npu.tokens.signal(i, 1);
      sc_core::wait(1, sc_core::SC_US);
      EXPECT_EQ(npu.tokens.count(static_cast<std::uint8_t>(i + 8)), 3u) << int(i);
    }
    EXPECT_EQ(error_code(), 0u);
    EXPECT_TRUE(irq.read());
  });
  EXPECT_EQ(output(), test::expected(c));
}

TEST_F(NpuShellTest, StartZeroesTheTokens) {
  run([&] {
    npu.tokens.signal(3, 7);
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
    EXPECT_EQ(npu.tokens.count(3), 0u);
  });
}

TEST_F(NpuShellTest, BadCommandsStopTheJobWithTheirIndex) {
  using job::LayerCommand;
  using job::TileCommand;
  run([&] {
    job::Command unknown = tile;
    unknown.kind = 9;
    EXPECT_EQ(outcome({ring, put, tile, unknown}), std::pair(1u, 3u));
    EXPECT_EQ(outcome_of_layer(test::with<LayerCommand>(put, [](auto& l) { l.op = 9; })),
              std::pair(1u, 1u));
    EXPECT_EQ(outcome_of_layer(test::with<LayerCommand>(put, [](auto& l) { l.out_w = 63; })),
              std::pair(1u, 1u))
        << "the width does not follow from the input";
    EXPECT_EQ(outcome_of_layer(test::with<LayerCommand>(put, [](auto& l) { l.slot = 4; })),
              std::pair(1u, 1u));
    EXPECT_EQ(
        outcome_of_layer(test::with<LayerCommand>(put, [](auto& l) { l.second_ring = 0x30; })),
        std::pair(1u, 1u))
        << "an unknown release";
    EXPECT_EQ(outcome_of_layer(test::waits(put, 16, 0)), std::pair(1u, 1u));
    EXPECT_EQ(outcome_of_tile(test::signals(tile, 16, 0)), std::pair(1u, 2u));
    EXPECT_EQ(outcome_of_tile(
                  test::with<TileCommand>(tile, [](auto& t) { t.weights_offset += 65'536 - 8; })),
              std::pair(3u, 2u))
        << "the block leaves the weight SRAM";
    EXPECT_EQ(outcome_of_tile(test::with<TileCommand>(tile, [](auto& t) { t.weights_offset = 4; })),
              std::pair(3u, 2u));
    EXPECT_EQ(outcome_of_tile(test::with<TileCommand>(tile, [](auto& t) { t.table_offset += 8; })),
              std::pair(3u, 2u));
    EXPECT_EQ(outcome({ring, put, tile}), std::pair(0u, 0u)) << "a good job runs after bad ones";
  });
  EXPECT_EQ(output(), test::expected(c));
}

TEST_F(NpuShellTest, TilesOfNoLayerAreRefused) {
  run([&] {
    EXPECT_EQ(outcome({ring, tile}), std::pair(1u, 1u)) << "an empty slot";
    job::Command other = tile;
    other.slot = 1;
    EXPECT_EQ(outcome({ring, put, other}), std::pair(1u, 2u)) << "the layer is in another slot";
    other.slot = 4;
    EXPECT_EQ(outcome({ring, put, other}), std::pair(1u, 2u)) << "no such slot";
    EXPECT_EQ(outcome({ring, put, tile, tile}), std::pair(1u, 3u)) << "a tile after the last one";
    EXPECT_EQ(outcome({ring, tile}), std::pair(1u, 1u)) << "the slots are empty after a job";
  });
}

TEST_F(NpuShellTest, TilesOutsideTheirLayerAreRefused) {
  using job::TileCommand;
  const std::vector<void (*)(TileCommand&)> changes = {
      [](TileCommand& t) { t.pixels = 65; },
      [](TileCommand& t) { t.pixels = 0; },
      [](TileCommand& t) { t.first_pixel = 1; },
      [](TileCommand& t) { t.first_pixel = 0xffff'ffff; },
      [](TileCommand& t) { t.channels = 17; },
      [](TileCommand& t) { t.channels = 0; },
      [](TileCommand& t) { t.first_channel = 65'535; },
      [](TileCommand& t) { t.inputs = 17; },
      [](TileCommand& t) { t.inputs = 0; },
      [](TileCommand& t) { t.first_input = 1; },
  };
  run([&] {
    for (std::size_t i = 0; i < changes.size(); ++i)
      EXPECT_EQ(outcome_of_tile(test::with<TileCommand>(tile, changes[i])), std::pair(1u, 2u))
          << "change " << i;
  });
}

TEST_F(NpuShellTest, AListThatCannotBeReadIsABusErrorWithItsAddress) {
  run([&] {
    write32(kNpu + npu_regs::commands::offset, 0x6000'0000);
    write32(kNpu + npu_regs::command_count::offset, 1);
    write32(kNpu + npu_regs::irq_enable::offset, 3);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::start::mask);
    wait_for_irq();
    EXPECT_EQ(error_code(), 4u);
    EXPECT_EQ(read32(kNpu + npu_regs::error_address::offset), 0x6000'0000u);
  });
}

TEST_F(NpuShellTest, EmptyAndMisalignedListsAreRefused) {
  run([&] {
    EXPECT_EQ(outcome({}).first, 7u);
    write32(kNpu + npu_regs::commands::offset, kDram + 4);
    write32(kNpu + npu_regs::command_count::offset, 1);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::start::mask);
    wait_for_irq();
    EXPECT_EQ(error_code(), 7u);
  });
}

TEST_F(NpuShellTest, AbortEndsAJobThatWaitsForEver) {
  run([&] {
    start({ring, put, test::waits(tile, 0, 1)});
    sc_core::wait(3, sc_core::SC_US);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::abort::mask);
    wait_for_irq();
    EXPECT_EQ(error_code(), 5u);
    EXPECT_EQ(read32(kNpu + npu_regs::error_command::offset), 2u);
    clear_irq();
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
  });
}

TEST_F(NpuShellTest, AbortEndsATileBetweenTwoSteps) {
  run([&] {
    start({ring, put, tile});
    wait_until_computing(2);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::abort::mask);
    wait_for_irq();
    EXPECT_EQ(error_code(), 5u);
    EXPECT_TRUE(records.empty());
    clear_irq();
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
  });
  EXPECT_EQ(output(), test::expected(c));
}

TEST_F(NpuShellTest, InterruptFollowsEnableAndIsClearedByWritingOne) {
  run([&] {
    start({ring, put, tile});
    wait_for_irq();
    write32(kNpu + npu_regs::irq_enable::offset, 0);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    EXPECT_FALSE(irq.read());
    EXPECT_EQ(read32(kNpu + npu_regs::irq_status::offset), npu_regs::irq_status::done::mask);
    clear_irq();
    EXPECT_EQ(read32(kNpu + npu_regs::irq_status::offset), 0u);
  });
}

TEST_F(NpuShellTest, CountersAreLatchedAndClearedOverTheBus) {
  run([&] {
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
    const std::uint64_t macs = kNpu + npu_regs::counter_low::offset(1);
    EXPECT_EQ(read32(macs), 0u) << "nothing before the latch";
    write32(kNpu + npu_regs::snapshot::offset, 3);
    EXPECT_EQ(read32(macs), 64u * 16 * 16);
    write32(kNpu + npu_regs::snapshot::offset, 1);
    EXPECT_EQ(read32(macs), 0u) << "cleared after the first copy";
  });
}

TEST_F(NpuShellTest, ResultsStayExactWhenWeightsOfTheSameLayerChangeBetweenJobs) {
  test::Case other = c;
  other.weights = test::operands(layer, 8).weights;
  ASSERT_NE(test::expected(other), test::expected(c));
  run([&] {
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
    put_block(other, test::whole_layer(layer));
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
  });
  EXPECT_EQ(output(), test::expected(other));
}

TEST_F(NpuShellTest, AnotherListOfTilesForTheSameLayerCountsAsIfItCameFirst) {
  const npu::Tile whole = test::whole_layer(layer);
  npu::Tile first = whole, second = whole;
  first.pixels = 10;  // pieces of 4, 4 and 2 pixels, then 54 others
  second.first_pixel = 10;
  second.pixels = 54;
  const std::vector<job::Command> two{ring, put, test::tile_command(layer, first, false),
                                      test::tile_command(layer, second, true)};
  run([&] {
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
    EXPECT_EQ(total()[Counter::weight_words_read], 16u * 16 + 128);
    EXPECT_EQ(outcome(two).first, 0u);
    EXPECT_EQ(total()[Counter::weight_words_read], 17u * 16 + 2 * 128);
    EXPECT_EQ(outcome({ring, put, tile}).first, 0u);
    EXPECT_EQ(total()[Counter::weight_words_read], 16u * 16 + 128);
  });
  EXPECT_EQ(output(), test::expected(c));
}

}  // namespace
}  // namespace cairn
