// The stepped twin against schedule, plans and reference kernels, over random layers and tilings.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "models/npu/cores/ms/tiling.hpp"
#include "tests/npu/twin_case.hpp"

namespace cairn {
namespace {

using npu::LoopOrder;
using npu::Tile;
using numbers::Layer;
using numbers::Op;
using numbers::test::Random;

constexpr std::uint64_t kSeed = 4'001;
constexpr int kLayers = 2'400;

/// A core with a small array and small buffers, so that small layers have many tiles and passes.
npu::Geometry random_geometry(Random& random) {
  npu::Geometry g = npu::ms::defaults();
  if (random.chance(70)) {
    g.set("tile_pixels", random.in(1, 5));
    g.set("tile_channels", random.in(1, 8));
    g.set("input_lanes", random.in(1, 9));
    g.set("bit_products", random.in(1, 20));
  }
  if (random.chance(70)) g.set("line_buffer_bytes", random.in(8, 200));
  if (random.chance(50)) g.set("table_buffer_bytes", random.in(0, 200));
  g.set("drain_cycles", random.in(0, 9));
  g.set("ws_tile", random.in(1, 9));
  g.set("tco", random.in(1, 9));
  return g;
}

/// Any tiles that cover a layer: not what a plan would choose.
std::vector<Tile> random_tiles(const Layer& layer, Random& random) {
  const auto channels = static_cast<std::uint32_t>(random.in(1, layer.out.channels));
  npu::ms::PixelBlocks blocks;
  if (random.chance(50))
    blocks = {static_cast<std::uint32_t>(random.in(1, layer.out.height)), 0};
  else
    blocks = {1, static_cast<std::uint32_t>(random.in(1, layer.out.width))};
  return npu::ms::chunked(npu::ms::pixel_blocks(layer, blocks), channels);
}

struct Tiling {
  std::string order;
  std::vector<Tile> tiles;
  std::uint64_t planned_elements = 0, planned_cycles = 0;  ///< 0: not planned
  bool frees_inputs = true;
};

Tiling random_tiling(const npu::Mapping& mapping, const Layer& layer, Random& random) {
  if (random.chance(25)) return {"random", random_tiles(layer, random)};
  constexpr std::array kSchedules = {"ms", "ms", "ms", "pingpong-ws", "pingpong-os"};
  npu::PlanRequest request;
  request.schedule = kSchedules[random.in(0, 4)];
  request.order = static_cast<LoopOrder>(random.in(0, 2));
  Tile all = npu::ms::whole(layer);
  Tile one = all;
  one.channels = 1;
  const auto least = static_cast<int>(npu::block_bytes(layer, one)),
             most = static_cast<int>(npu::block_bytes(layer, all));
  request.block_bytes = static_cast<std::uint32_t>(random.in(least, std::max(least, most)));
  request.resident_bytes =
      random.chance(70) ? request.block_bytes : static_cast<std::uint32_t>(most + 8);
  request.feature_bits = 1u << 30;
  if (random.chance(30))
    request.pixels_at_once =
        static_cast<std::uint32_t>(random.in(1, static_cast<int>(layer.out.pixels())));
  request.dram_bytes_per_cycle = random.in(1, 64) / 8.0;
  // With few pixels at once there is no channel-outer order.
  if (request.pixels_at_once != 0 && request.order == LoopOrder::channel_outer)
    request.order = LoopOrder::automatic;
  const npu::Plan plan = mapping.plan(layer, request);
  EXPECT_FALSE(plan.reason.empty());
  return {plan.order, plan.tiles, plan.feature_elements, plan.cycles,
          request.schedule.substr(0, 2) == "ms"};
}

TEST(TwinTest, AgreesWithScheduleAndReferenceOverRandomLayersAndTilings) {
  RecordProperty("seed", std::to_string(kSeed));
  std::map<std::string, int> tried;
  std::map<Op, int> operations;
  for (int i = 0; i < kLayers && !testing::Test::HasFailure(); ++i) {
    Random random(kSeed + i);
    const npu::ms::MsMapping mapping(random_geometry(random));
    numbers::test::Case operands;
    do {
      operands.layer = random.layer(random.in(1, 10));
    } while (operands.layer.macs() * operands.layer.in_type.bits * operands.layer.weight_bits >
             2'000'000);
    operands = random.make(operands.layer);
    const Tiling tiling = random_tiling(mapping, operands.layer, random);
    SCOPED_TRACE("seed " + std::to_string(kSeed + i) + ": " +
                 numbers::test::describe(operands.layer) + ", " + tiling.order + ", " +
                 std::to_string(tiling.tiles.size()) + " tiles");
    test::TwinCase run(mapping, operands, tiling.tiles, tiling.frees_inputs, random);
    run.check();
    if (tiling.order != "random") {
      EXPECT_EQ(tiling.planned_cycles, run.counts().cycles);
      EXPECT_EQ(tiling.planned_elements,
                run.counts().feature_elements_read + run.counts().feature_elements_written);
    }
    ++tried[tiling.order];
    ++operations[operands.layer.op];
  }
  std::cout << kLayers << " layers from seed " << kSeed << ":";
  for (const auto& [order, count] : tried)
    std::cout << " " << count << " " << order;
  std::cout << "\n";
  EXPECT_EQ(operations.size(), 7u);
  EXPECT_EQ(tried.size(), 7u);
}

/// The projection of ResNet-18's last stage, the ImageNet network's convolution with the fewest
/// outputs: 256 channels of 14x14 to 512 of 7x7, 1x1, stride 2, 4 bits.
TEST(TwinTest, AgreesOnTheSmallestConvolutionOfResNet18InFull) {
  Layer l;
  l.op = Op::convolution;
  l.in = {14, 14, 256};
  l.out = {7, 7, 512};
  l.stride_h = l.stride_w = 2;
  l.in_type = l.out_type = {4, false, 0};
  l.weight_bits = 4;
  l.requantisation = numbers::Requantisation::multiply;
  Random random(kSeed);
  const numbers::test::Case operands = random.make(l);
  const npu::ms::MsMapping mapping(npu::ms::defaults());
  npu::PlanRequest request;
  request.schedule = "ms";
  request.dram_bytes_per_cycle = 16;
  const npu::Plan plan = mapping.plan(l, request);
  test::TwinCase run(mapping, operands, plan.tiles, true, random);
  run.check();
  EXPECT_EQ(run.counts().macs, 6'422'528u);
  EXPECT_EQ(run.counts().cycles, plan.cycles);
  EXPECT_EQ(run.counts().feature_elements_read + run.counts().feature_elements_written,
            plan.feature_elements);
}

}  // namespace
}  // namespace cairn
