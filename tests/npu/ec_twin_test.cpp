// The entry-counting core's schedule, meter, plans and kernels against its stepped twin.
#include <array>
#include <iostream>
#include <string>

#include "tests/npu/ec_case.hpp"

namespace cairn {
namespace {

using npu::Tile;
using npu::ec::EcCore;
using npu::ec::Stationary;
using numbers::Layer;
using numbers::Op;
using numbers::test::Random;

constexpr std::uint64_t kSeed = 5'001;
constexpr int kLayers = 2'000;

npu::Geometry random_geometry(Random& random) {
  npu::Geometry g = npu::ec::defaults();
  g.set("plan", random.in(0, 2));
  g.set("mapping", random.in(0, 2));
  if (random.chance(40)) g.set("entries", 64 * random.in(1, 3));
  if (random.chance(30)) g.set("overhead", random.in(0, 3'000));
  if (random.chance(60)) g.set("input_buffer_bytes", random.in(1, 200));
  if (random.chance(60)) g.set("accumulator_bytes", random.in(160, 600));
  if (random.chance(50)) g.set("table_buffer_bytes", random.in(0, 200));
  g.set("vector_lanes", random.in(1, 20));
  return g;
}

/// Layers that the core's plan can count, small ones.
numbers::test::Case random_case(const EcCore& core, Random& random) {
  Layer layer;
  do {
    layer = random.layer(random.in(1, 9));
  } while (!core.mapping().unsupported(layer).empty() || layer.macs() > 40'000);
  return random.make(layer);
}

npu::Plan random_plan(const npu::Mapping& mapping, const Layer& layer, Random& random) {
  npu::PlanRequest request;
  request.schedule = "ec";
  request.order = static_cast<npu::LoopOrder>(random.in(0, 1));
  Tile all{0, 1,
           0, static_cast<std::uint32_t>(layer.out.channels),
           0, static_cast<std::uint32_t>(layer.in.channels)};
  Tile one = all;
  one.channels = 1;
  const auto least = static_cast<int>(npu::block_bytes(layer, one)),
             most = static_cast<int>(npu::block_bytes(layer, all));
  request.block_bytes = static_cast<std::uint32_t>(random.in(least, std::max(least, most)));
  request.resident_bytes =
      random.chance(60) ? request.block_bytes : static_cast<std::uint32_t>(most + 8);
  request.feature_bits = 1u << 30;
  if (random.chance(30)) request.pixels_at_once = static_cast<std::uint32_t>(random.in(1, 20));
  request.dram_bytes_per_cycle = random.in(1, 64) / 8.0;
  return mapping.plan(layer, request);
}

TEST(EcTwinTest, AgreesWithScheduleMeterAndReferenceOverRandomLayers) {
  RecordProperty("seed", std::to_string(kSeed));
  std::array<int, 3> plans{}, stationary{};
  std::array<int, 7> operations{};
  for (int i = 0; i < kLayers && !testing::Test::HasFailure(); ++i) {
    Random random(kSeed + i);
    const EcCore core(random_geometry(random));
    const numbers::test::Case operands = random_case(core, random);
    const npu::Plan plan = random_plan(core.mapping(), operands.layer, random);
    SCOPED_TRACE("seed " + std::to_string(kSeed + i) + ": " +
                 numbers::test::describe(operands.layer) + ", " + plan.order + ", " +
                 std::to_string(plan.tiles.size()) + " tiles");
    test::EcCase run(core, operands, plan.tiles);
    run.check();
    EXPECT_LE(run.counts().activity.cycles, plan.cycles);
    EXPECT_EQ(plan.feature_elements, run.counts().feature_elements_read +
                                         static_cast<std::uint64_t>(operands.layer.out.elements()));
    ++operations[static_cast<std::size_t>(operands.layer.op)];
    if (!operands.layer.has_weights()) continue;
    ++plans[static_cast<std::size_t>(core.mapping().geometry().at("plan"))];
    const npu::ec::DataflowChoice choice(core.mapping().geometry());
    ++stationary[static_cast<std::size_t>(
        choice.of(operands.layer, plan.tiles.front()).stationary)];
  }
  std::cout << kLayers << " layers from seed " << kSeed << ": " << plans[0] << " bitplane, "
            << plans[1] << " magnitude-pairs, " << plans[2] << " product-classes, " << stationary[1]
            << " activation-stationary, " << stationary[2] << " weight-stationary\n";
  for (const int tried : operations)
    EXPECT_GT(tried, 10);
  for (const int tried : plans)
    EXPECT_GT(tried, 50);
  EXPECT_GT(std::min(stationary[1], stationary[2]), 100);
}

/// The choice between the two mappings, by the twin's own counts.
TEST(EcTwinTest, ChosenMappingCostsNoMoreThanEitherOfTheTwo) {
  RecordProperty("seed", std::to_string(kSeed));
  const auto energy_of = [](const npu::Geometry& geometry, Stationary asked,
                            const numbers::test::Case& operands) {
    npu::Geometry g = geometry;
    g.set("mapping", static_cast<std::int64_t>(asked));
    const EcCore core(g);
    const Layer& l = operands.layer;
    const npu::ec::TwinCounts n = test::EcCase(core, operands,
                                               {{0, static_cast<std::uint32_t>(l.out.pixels()), 0,
                                                 static_cast<std::uint32_t>(l.out.channels), 0,
                                                 static_cast<std::uint32_t>(l.in.channels)}})
                                      .run_twin();
    const npu::EnergyTable table = npu::ec::energy(g);
    return static_cast<double>(n.loads) * table.event_fj(npu::EnergyEvent::load) +
           static_cast<double>(n.weight_words_read) *
               table.event_fj(npu::EnergyEvent::weight_read) +
           static_cast<double>(n.buffer_bits_read) / 64 *
               table.event_fj(npu::EnergyEvent::buffer_read);
  };
  int weights_chosen = 0;
  for (int i = 0; i < 200; ++i) {
    Random random(kSeed + i);
    npu::Geometry g = npu::ec::defaults();
    const EcCore core(g);
    numbers::test::Case operands;
    do {
      operands = random_case(core, random);
    } while (operands.layer.op != Op::convolution);
    const double activations = energy_of(g, Stationary::activations, operands),
                 weights = energy_of(g, Stationary::weights, operands),
                 chosen = energy_of(g, Stationary::chosen, operands);
    // The table of the tile and the words at the ends of a block count alike for both.
    EXPECT_LE(chosen, 1.02 * std::min(activations, weights))
        << "seed " << kSeed + i << ": " << numbers::test::describe(operands.layer);
    weights_chosen += chosen == weights && weights != activations ? 1 : 0;
  }
  EXPECT_GT(weights_chosen, 20);
  EXPECT_LT(weights_chosen, 180);
}

}  // namespace
}  // namespace cairn
