// CAP-RAM's schedule, cells, plans and kernels against its stepped twin.
#include <array>
#include <iostream>
#include <string>

#include "tests/npu/cap_twin_case.hpp"

namespace cairn {
namespace {

using npu::Tile;
using npu::cap::CapCore;
using npu::cap::Encoding;
using numbers::Layer;
using numbers::test::Random;

constexpr std::uint64_t kSeed = 5'101;
constexpr int kLayers = 2'000;

npu::Geometry random_geometry(Random& random) {
  npu::Geometry g = npu::cap::defaults();
  g.reload = random.chance(60);
  if (random.chance(70)) g.set("rows", 2 * random.in(1, 10));
  if (random.chance(70)) g.set("columns", random.in(1, 60));
  if (random.chance(70)) g.set("planes", random.in(1, 12));
  if (random.chance(70)) g.set("dac_bits", random.in(1, 8));
  g.set("select_cycles", random.in(0, 3));
  g.set("row_cycles", random.in(0, 3));
  if (random.chance(60)) g.set("input_buffer_bytes", random.in(1, 200));
  if (random.chance(60)) g.set("accumulator_bytes", random.in(160, 600));
  if (random.chance(50)) g.set("table_buffer_bytes", random.in(0, 200));
  g.set("vector_lanes", random.in(1, 20));
  return g;
}

numbers::test::Case random_case(const CapCore& core, Random& random) {
  Layer layer;
  do {
    layer = random.layer(random.in(1, 9));
  } while (!core.mapping().unsupported(layer).empty() || layer.macs() > 20'000);
  return random.make(layer);
}

npu::PlanRequest random_request(const Layer& layer, const npu::CellPlan& cells, Random& random) {
  npu::PlanRequest request;
  request.schedule = "cap";
  request.order = static_cast<npu::LoopOrder>(random.in(0, 1));
  request.cells = cells.first.front();
  request.regions = cells.regions;
  Tile all{0,
           1,
           0,
           static_cast<std::uint32_t>(layer.out.channels),
           0,
           static_cast<std::uint32_t>(layer.in.channels),
           request.cells};
  Tile one = all;
  one.channels = 1;
  const auto least = static_cast<int>(npu::block_bytes(layer, one)),
             most = static_cast<int>(npu::block_bytes(layer, all));
  request.block_bytes = static_cast<std::uint32_t>(random.in(least, std::max(least, most)));
  request.resident_bytes = random.chance(60) && request.cells == npu::kNoCells
                               ? request.block_bytes
                               : static_cast<std::uint32_t>(most + 8);
  request.feature_bits = 1u << 30;
  if (random.chance(30)) request.pixels_at_once = static_cast<std::uint32_t>(random.in(1, 20));
  request.dram_bytes_per_cycle = random.in(1, 64) / 8.0;
  return request;
}

struct Tally {
  int resident = 0, reloaded = 0, refused = 0, several_tiles = 0, several_planes = 0;
  std::array<int, 7> operations{};
  std::array<int, 2> encodings{};
};

/// False if the geometry has no room for the layer.
bool check_layer(std::uint64_t seed, Tally& tally) {
  Random random(seed);
  CapCore core(random_geometry(random));
  const numbers::test::Case operands = random_case(core, random);
  const Layer& layer = operands.layer;
  SCOPED_TRACE("seed " + std::to_string(seed) + ": " + numbers::test::describe(layer));
  npu::CellPlan cells;
  npu::Plan plan;
  try {
    cells = core.mapping().place_cells(std::span(&layer, 1));
    plan = core.mapping().plan(layer, random_request(layer, cells, random));
  } catch (const npu::CellsRefused& refused) {
    EXPECT_GT(refused.needed * 2, refused.available) << "a small layer fits half of the cells";
    return false;
  } catch (const npu::PlanRefused&) {
    return false;
  }
  test::CapCase run(core, operands, plan.tiles, cells);
  run.check();
  EXPECT_EQ(plan.cycles, run.counts().cycles + run.counts().cell_cycles);
  ++tally.operations[static_cast<std::size_t>(layer.op)];
  tally.several_tiles += plan.tiles.size() > 1 ? 1 : 0;
  if (!layer.has_weights()) return true;
  ++(plan.tiles.front().cells == npu::kNoCells ? tally.reloaded : tally.resident);
  ++tally.encodings[static_cast<std::size_t>(npu::cap::encoding_of(layer))];
  for (const npu::CellRegion& r : cells.regions)
    if (r.plane > 0) {
      ++tally.several_planes;
      break;
    }
  return true;
}

TEST(CapTwinTest, AgreesWithScheduleCellsAndReferenceOverRandomLayers) {
  RecordProperty("seed", std::to_string(kSeed));
  Tally tally;
  int checked = 0;
  for (std::uint64_t seed = kSeed; checked < kLayers && !testing::Test::HasFailure(); ++seed)
    if (check_layer(seed, tally))
      ++checked;
    else
      ++tally.refused;
  std::cout << checked << " layers from seed " << kSeed << ": " << tally.resident << " resident, "
            << tally.reloaded << " reloaded, " << tally.encodings[0] << " differential, "
            << tally.encodings[1] << " weighted, " << tally.several_tiles << " in several tiles, "
            << tally.several_planes << " in several planes; " << tally.refused << " refused\n";
  for (const int tried : tally.operations)
    EXPECT_GT(tried, 10);
  EXPECT_GT(std::min(tally.resident, tally.reloaded), 100);
  EXPECT_GT(std::min(tally.encodings[0], tally.encodings[1]), 100);
  EXPECT_GT(std::min(tally.several_tiles, tally.several_planes), 50);
  EXPECT_LT(tally.refused, kLayers);
}

}  // namespace
}  // namespace cairn
