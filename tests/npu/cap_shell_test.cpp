// Weights in the cells of CAP-RAM: set-up commands, tiles that name regions, the published peak.
#include <algorithm>

#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Counter;
using npu::ErrorCode;
using npu::Tile;
using numbers::Layer;

/// 128 operands, 64 outputs of one bit, features of three bits: every MAC unit in every cycle.
test::Case dense() {
  Layer l = test::convolution({32, 32, 128}, 64, 1);
  l.weight_bits = 1;
  l.in_type = {3, false, 0};
  return test::operands(l, 5);
}

class CapShellTest : public test::NpuBench {
 protected:
  static constexpr std::uint32_t kTable = 32'768;  ///< in the weight SRAM, behind the cells' bits

  CapShellTest() : NpuBench(options()) {}

  static NpuOptions options(const char* core = "cap") {
    NpuOptions options;
    const auto entry = std::ranges::find(npu::cores(), core, &npu::CoreEntry::name);
    options.core = core;
    options.geometry = entry->defaults();
    options.points = {{entry->points.front().clock_hz, entry->points.front().millivolt}};
    return options;
  }

  /// Commands that write the layer's cells, their bits in the weight SRAM from 0 on.
  std::vector<job::Command> setup(const test::Case& c, std::span<const std::int8_t> weights) {
    const npu::Mapping& mapping = npu.core().mapping();
    const npu::CellPlan plan = mapping.place_cells(std::span(&c.layer, 1));
    std::vector<job::Command> commands;
    std::uint32_t at = 0;
    for (const std::vector<std::uint8_t>& bits : mapping.cell_bits(c.layer, weights)) {
      const npu::CellRegion& r = plan.regions[commands.size()];
      job::CellsCommand command{};
      command.kind = static_cast<std::uint8_t>(job::Kind::kCells);
      command.region = static_cast<std::uint16_t>(commands.size() + 1);
      command.plane = static_cast<std::uint16_t>(r.plane);
      command.row = static_cast<std::uint16_t>(r.row);
      command.rows = static_cast<std::uint16_t>(r.rows);
      command.column = static_cast<std::uint16_t>(r.column);
      command.columns = static_cast<std::uint16_t>(r.columns);
      command.weights_offset = at;
      std::ranges::copy(bits, npu.weights.data().subspan(at).begin());
      at += static_cast<std::uint32_t>(bits.size());
      commands.push_back(test::plain(command));
    }
    return commands;
  }

  /// The layer in one tile whose weights lie in the cells from region 1 on.
  std::vector<job::Command> inference(const test::Case& c) {
    const Layer& l = c.layer;
    Tile tile = test::whole_layer(l);
    tile.cells = 1;
    std::vector<std::uint8_t> table(numbers::table_bytes(l));
    numbers::pack_table(c.table, l, table);
    std::ranges::copy(table, npu.weights.data().subspan(kTable).begin());
    put_features(c.in, l.in_type, all_features(), 0);
    return {test::ring_command(0, all_features()),
            test::layer_command(l, {.in = {0, 0}, .out = {0, out_bit(l)}}),
            test::tile_command(l, tile, true, kTable)};
  }
  std::uint32_t out_bit(const Layer& l) const {
    return static_cast<std::uint32_t>((npu::in_feature_bits(l) + 63) / 64 * 64);
  }
  std::vector<std::int32_t> output(const Layer& l) {
    return features(l.out, l.out_type, all_features(), out_bit(l));
  }
  std::pair<std::uint32_t, std::uint32_t> run_job(const std::vector<job::Command>& commands) {
    std::pair<std::uint32_t, std::uint32_t> result;
    run([&] { result = outcome(commands); });
    return result;
  }

  const test::Case case_ = dense();
};

constexpr std::pair kPassed(0u, 0u);

std::pair<std::uint32_t, std::uint32_t> failed(ErrorCode code, std::uint32_t command) {
  return {static_cast<std::uint32_t>(code), command};
}

TEST_F(CapShellTest, ASetUpWritesCellsRowByRowAndAnInferenceNone) {
  std::vector<job::Command> list = setup(case_, case_.weights);
  const std::vector<job::Command> tiles = inference(case_);
  run([&] {
    EXPECT_EQ(outcome(list), kPassed);
    EXPECT_EQ(total()[Counter::cell_writes], 64u * 128);
    EXPECT_EQ(total()[Counter::stall_cells], 64u);
    EXPECT_EQ(total()[Counter::weight_words_read], 64u * 128 / 64);
    for (int i = 0; i < 2; ++i) {
      put_features(case_.in, case_.layer.in_type, all_features(), 0);
      EXPECT_EQ(outcome(tiles), kPassed);
      EXPECT_EQ(output(case_.layer), test::expected(case_));
      EXPECT_EQ(total()[Counter::cell_writes], 0u);
      EXPECT_EQ(total()[Counter::stall_cells], 0u);
    }
  });
}

TEST_F(CapShellTest, ADenseLayerReachesThePublishedPeak) {
  std::vector<job::Command> list = setup(case_, case_.weights);
  std::ranges::copy(inference(case_), std::back_inserter(list));
  ASSERT_EQ(run_job(list), kPassed);
  const npu::Counters n = total();
  EXPECT_EQ(n[Counter::evaluations], 1024u);
  EXPECT_EQ(n[Counter::macs], 1024u * 64 * 128);
  EXPECT_EQ(n[Counter::conversions], 1024u * 64);
  const std::uint64_t busy = n[Counter::cycles] - n[Counter::stall_token] -
                             n[Counter::stall_feature_port] - n[Counter::stall_weight_port] -
                             n[Counter::stall_fetch] - n[Counter::stall_cells] - n[Counter::drain];
  const double seconds = static_cast<double>(busy) / 35e6;
  EXPECT_NEAR(2.0 * static_cast<double>(n[Counter::macs]) / seconds / 1e9, 573.44, 1.0)
      << "a cycle of " << busy << " selects the plane";
}

TEST_F(CapShellTest, TilesComputeWithWhatTheCellsHoldThen) {
  std::vector<std::int8_t> inverted = case_.weights;
  for (std::int8_t& w : inverted)
    w = static_cast<std::int8_t>(-1 - w);
  test::Case other = case_;
  other.weights = inverted;
  ASSERT_NE(test::expected(other), test::expected(case_));
  const std::vector<job::Command> tiles = inference(case_);
  run([&] {
    EXPECT_EQ(outcome(setup(case_, case_.weights)), kPassed);
    EXPECT_EQ(outcome(tiles), kPassed);
    EXPECT_EQ(output(case_.layer), test::expected(case_));
    put_features(case_.in, case_.layer.in_type, all_features(), 0);
    EXPECT_EQ(outcome(setup(case_, inverted)), kPassed);
    EXPECT_EQ(outcome(tiles), kPassed);
    EXPECT_EQ(output(case_.layer), test::expected(other));
  });
}

TEST_F(CapShellTest, RegionsOutsideTheCellsAndTilesWithoutWeightsAreBadCommands) {
  const std::vector<job::Command> list = setup(case_, case_.weights);
  const auto changed = [&](auto change) {
    return std::vector{test::with<job::CellsCommand>(list.front(), change)};
  };
  const auto bad = failed(ErrorCode::bad_command, 0);
  const std::vector<job::Command> tiles = inference(case_);
  run([&] {
    EXPECT_EQ(outcome(changed([](auto& c) { c.plane = 8; })), bad);
    EXPECT_EQ(outcome(changed([](auto& c) { c.row = 2; })), bad);
    EXPECT_EQ(outcome(changed([](auto& c) { c.column = 1; })), bad);
    EXPECT_EQ(outcome(changed([](auto& c) { c.rows = 0; })), bad);
    EXPECT_EQ(outcome(changed([](auto& c) { c.region = 0; })), bad);
    EXPECT_EQ(outcome(changed([](auto& c) { c.weights_offset = 65'535 / 8 * 8; })),
              failed(ErrorCode::outside_memory, 0));
    EXPECT_EQ(outcome(tiles), failed(ErrorCode::bad_command, 2)) << "no region is loaded";
    EXPECT_EQ(outcome(changed([](auto& c) { c.rows = 32; })), kPassed);
    EXPECT_EQ(outcome(tiles), failed(ErrorCode::bad_command, 2)) << "half of the rows are";
  });
}

class NpuWithoutCellsTest : public test::NpuBench {
 protected:
  NpuWithoutCellsTest() : NpuBench(defaults()) {}
};

TEST_F(NpuWithoutCellsTest, AnotherCoreRefusesCells) {
  job::CellsCommand command{};
  command.kind = static_cast<std::uint8_t>(job::Kind::kCells);
  command.region = command.rows = command.columns = 1;
  run([&] { EXPECT_EQ(outcome({test::plain(command)}), failed(ErrorCode::unsupported, 0)); });
}

}  // namespace
}  // namespace cairn
