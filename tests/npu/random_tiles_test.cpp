// Random layers in random tiles through the shell: results, occupancy and every count of a
// schedule.
#include <array>
#include <iostream>
#include <map>
#include <string>

#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/cores/ms/tiling.hpp"
#include "models/npu/live.hpp"
#include "tests/npu/live_set.hpp"
#include "tests/npu/ms_step_counts.hpp"
#include "tests/npu/npu_bench.hpp"

namespace cairn {
namespace {

using npu::Counter;
using npu::Tile;
using numbers::Layer;
using numbers::Op;
using numbers::test::Random;

struct Tiling {
  std::string name;
  std::vector<Tile> tiles;
};

npu::ms::PixelBlocks random_blocks(const Layer& layer, Random& random) {
  if (random.chance(50)) return {static_cast<std::uint32_t>(random.in(1, layer.out.height)), 0};
  return {1, static_cast<std::uint32_t>(random.in(1, layer.out.width))};
}

Tiling random_tiling(const Layer& layer, Random& random) {
  const auto channels = static_cast<std::uint32_t>(random.in(1, layer.out.channels));
  const bool can_split_inputs = layer.op == Op::convolution && layer.in.channels > 1;
  const int kind = can_split_inputs && random.chance(50) ? 3 : random.in(0, 2);
  if (kind == 0) return {"whole", {npu::ms::whole(layer)}};
  const std::vector<Tile> blocks = npu::ms::pixel_blocks(layer, random_blocks(layer, random));
  if (kind == 1) return {"pixel-outer", npu::ms::chunked(blocks, channels)};
  if (kind == 2) {
    Tiling outer{"channel-outer", {}};
    for (const Tile& chunk : npu::ms::chunked({npu::ms::whole(layer)}, channels))
      for (Tile t : blocks) {
        t.first_channel = chunk.first_channel;
        t.channels = chunk.channels;
        outer.tiles.push_back(t);
      }
    return outer;
  }
  const auto inputs = static_cast<std::uint32_t>(random.in(1, layer.in.channels - 1));
  return {"weight-stationary", npu::ms::weight_stationary(layer, channels, inputs)};
}

/// What lies where: input and output in a ring of just the size they need, the second input and
/// partial sums in rings of their own, anywhere in the feature memory.
struct Layout {
  npu::Ring main, second, sums;
  npu::LayerPlacement placement;
  bool frees_inputs = true;
};

std::uint64_t words(std::uint64_t bits) {
  return (bits + 63) / 64 * 64;
}

Layout random_layout(const Layer& layer, std::span<const Tile> tiles, Random& random) {
  Layout at;
  const auto release = static_cast<job::Release>(std::max(0, random.in(-3, 2)));
  at.placement.in_release = at.placement.second_release = release;
  at.frees_inputs = release == job::Release::kWhenUsed;
  std::vector<std::uint32_t> live = npu::live_from(layer);
  if (!at.frees_inputs) std::ranges::fill(live, 0u);
  at.main.begin = words(static_cast<std::uint64_t>(random.in(0, 10'000)));
  at.main.bits = words(npu::peak_live_bits(layer, live, tiles));
  at.placement.in = {0,
                     static_cast<std::uint32_t>(random.in(0, static_cast<int>(at.main.bits) - 1))};
  at.placement.out = {
      0, static_cast<std::uint32_t>((at.placement.in.offset + npu::in_feature_bits(layer)) %
                                    at.main.bits)};
  at.second.begin = at.main.begin + at.main.bits;
  at.second.bits = words(static_cast<std::uint64_t>(layer.in.elements() * layer.second_type.bits));
  at.placement.second = {
      1, static_cast<std::uint32_t>(random.in(0, static_cast<int>(at.second.bits) - 1))};
  at.sums.begin = at.second.begin + at.second.bits;
  for (const Tile& t : tiles)
    at.sums.bits = std::max(
        at.sums.bits, words(32ull * static_cast<std::uint64_t>(layer.out.pixels()) * t.channels));
  return at;
}

class RandomTilesTest : public test::NpuBench {
 protected:
  RandomTilesTest() : RandomTilesTest(defaults()) {}
  explicit RandomTilesTest(const NpuOptions& options)
      : NpuBench(options), mapping_(options.geometry) {}

  void check_layers(unsigned seed, int layers) {
    std::cout << "seed " << seed << "\n";
    run(
        [&] {
          for (int i = 0; i < layers && !HasFailure(); ++i) {
            Random random(seed + static_cast<unsigned>(i));
            check_layer(random, "seed " + std::to_string(seed + static_cast<unsigned>(i)));
          }
        },
        sc_core::sc_time(10, sc_core::SC_SEC));
    for (const auto& [name, count] : tried_)
      std::cout << count << " " << name << "\n";
    EXPECT_EQ(tried_.size(), 4u);
    EXPECT_EQ(operations_.size(), 7u);
  }

 private:
  void check_layer(Random& random, const std::string& name) {
    Layer layer = random.layer(random.in(1, 10));
    while (npu::block_bytes(layer, npu::ms::whole(layer)) > npu.weights.bytes() / 2 ||
           layer.macs() > 1'000'000)
      layer = random.layer(random.in(1, 8));
    const test::Case c = random.make(layer);
    const Tiling tiling = random_tiling(layer, random);
    const Layout at = random_layout(layer, tiling.tiles, random);
    SCOPED_TRACE(name + ": " + numbers::test::describe(layer) + ", " + tiling.name + ", " +
                 std::to_string(tiling.tiles.size()) + " tiles, release " +
                 std::to_string(static_cast<int>(at.placement.in_release)));
    ASSERT_LE(at.sums.begin + at.sums.bits, npu.features.bits());
    std::vector<npu::ms::TwinTile> placed;
    const std::vector<job::Command> commands = list(c, tiling.tiles, at, placed);
    ASSERT_EQ(outcome(commands), std::pair(0u, 0u)) << npu.activity();

    std::uint64_t overflows = 0;
    ASSERT_EQ(features(layer.out, layer.out_type, at.main, at.placement.out.offset),
              test::expected(c, &overflows));
    EXPECT_EQ(total()[Counter::overflows], overflows);
    check_counters(layer, tiling.tiles, placed, at);
    ++tried_[tiling.name];
    ++operations_[layer.op];
  }

  std::vector<job::Command> list(const test::Case& c, const std::vector<Tile>& tiles,
                                 const Layout& at, std::vector<npu::ms::TwinTile>& placed) {
    const Layer& l = c.layer;
    put_features(c.in, l.in_type, at.main, at.placement.in.offset);
    std::vector<job::Command> commands{test::ring_command(0, at.main)};
    if (l.op == Op::add) {
      put_features(c.second, l.second_type, at.second, at.placement.second.offset);
      commands.push_back(test::ring_command(1, at.second));
    }
    commands.push_back(test::ring_command(2, at.sums));
    commands.push_back(test::layer_command(l, at.placement));
    std::map<std::array<std::uint32_t, 4>, std::uint32_t> blocks;
    std::uint32_t end = 0;
    for (const Tile& t : tiles) {
      const auto [block, is_new] =
          blocks.try_emplace({t.first_channel, t.channels, t.first_input, t.inputs}, end);
      if (is_new) end = put_block(c, t, end);
      placed.push_back({t, 8ull * block->second});
      commands.push_back(test::with<job::TileCommand>(
          test::tile_command(l, t, &t == &tiles.back(), block->second),
          [](job::TileCommand& command) { command.partial_ring = 2; }));
    }
    return commands;
  }

  /// Against the schedule's steps counted one by one, and against the live set by brute force.
  void check_counters(const Layer& layer, std::span<const Tile> tiles,
                      std::span<const npu::ms::TwinTile> placed, const Layout& at) {
    const std::uint64_t live = test::live_set_peak(layer, tiles, at.frees_inputs);
    const npu::Counters n = total();
    EXPECT_EQ(n[Counter::peak_feature_bits], live);

    npu::ms::TwinMemory memory;
    memory.ring_bits = at.main.bits;
    memory.in_bit = at.placement.in.offset;
    memory.out_bit = at.placement.out.offset;
    memory.frees_inputs = at.frees_inputs;
    // The second input wraps in a ring of its own: counted as if it lay behind the first elsewhere.
    memory.second_bit = 0;
    const npu::ms::TwinCounts steps = test::count_steps(mapping_, layer, placed, memory);
    if (layer.op != Op::add) {
      EXPECT_EQ(steps.peak_feature_bits, live);
      EXPECT_EQ(n[Counter::feature_words_read], steps.feature_words_read);
    }
    EXPECT_EQ(n[Counter::feature_elements_read], steps.feature_elements_read);
    EXPECT_EQ(n[Counter::feature_elements_written], steps.feature_elements_written);
    EXPECT_EQ(n[Counter::feature_words_written], steps.feature_words_written);
    EXPECT_EQ(n[Counter::weight_words_read], steps.weight_words_read);
    EXPECT_EQ(n[Counter::macs], steps.macs);
    EXPECT_EQ(n[Counter::macs], static_cast<std::uint64_t>(layer.macs()));
    EXPECT_EQ(n[Counter::cycles], steps.cycles + n[Counter::stall_fetch] +
                                      n[Counter::stall_feature_port] +
                                      n[Counter::stall_weight_port]);
    EXPECT_EQ(n[Counter::stall_token], 0u);
    EXPECT_EQ(n[Counter::buffer_elements_read] + n[Counter::buffer_elements_written], 0u);
  }

  const npu::ms::MsMapping mapping_;
  std::map<std::string, int> tried_;
  std::map<Op, int> operations_;
};

TEST_F(RandomTilesTest, ResultsOccupancyAndCountsOfRandomLayersAreExact) {
  check_layers(std::random_device{}() % 1'000'000'000, 600);
}

/// An array and buffers so small that little layers take many steps, passes and repeated fetches.
class RandomTilesOfASmallCoreTest : public RandomTilesTest {
 protected:
  RandomTilesOfASmallCoreTest() : RandomTilesTest(small()) {}

  static NpuOptions small() {
    NpuOptions options = defaults();
    options.geometry.set("tile_pixels", 3);
    options.geometry.set("tile_channels", 5);
    options.geometry.set("input_lanes", 3);
    options.geometry.set("line_buffer_bytes", 104);
    options.geometry.set("table_buffer_bytes", 60);
    options.feature_banks = 1;
    options.weight_banks = 3;
    return options;
  }
};

TEST_F(RandomTilesOfASmallCoreTest, ResultsOccupancyAndCountsOfRandomLayersAreExact) {
  check_layers(std::random_device{}() % 1'000'000'000, 600);
}

}  // namespace
}  // namespace cairn
