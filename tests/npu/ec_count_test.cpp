// What the searches of the entry-counting core find: dense dot products, zeros, and the fast
// counters against an obvious one.
#include <algorithm>
#include <bit>
#include <functional>

#include "models/npu/cores/ec/match_count.hpp"
#include "models/npu/cores/ec/search_meter.hpp"
#include "tests/npu/ec_case.hpp"

namespace cairn {
namespace {

using npu::ec::Counting;
using npu::ec::EcCore;
using numbers::Layer;
using numbers::Op;
using numbers::test::Random;

constexpr std::uint64_t kSeed = 5'201;

npu::Geometry with_plan(Counting counting) {
  npu::Geometry g = npu::ec::defaults();
  g.set("plan", static_cast<std::int64_t>(counting));
  return g;
}

/// A pointwise layer with dot products of a whole number of entries.
Layer pointwise(bool is_signed) {
  Layer l;
  l.op = Op::convolution;
  l.in = {6, 6, 256};
  l.out = {6, 6, 24};
  l.in_type = {3, is_signed, 0};
  l.out_type = {numbers::kAccumulatorBits, true, 0};
  l.weight_bits = 3;
  return l;
}

/// No operand is zero, and each 128 of them are all pairs of a feature and a weight at least twice.
numbers::test::Case dense_case(const Layer& layer, Random& random) {
  numbers::test::Case c = random.make(layer);
  const auto value = [](std::size_t i, int low) {  // of the seven but zero
    const int v = low + static_cast<int>(i % 7);
    return v + (v >= 0 ? 1 : 0);
  };
  const auto inputs = static_cast<std::size_t>(layer.in.channels);
  const int low = layer.in_type.is_signed ? layer.in_type.low() : 0;
  for (std::size_t i = 0; i < c.in.size(); ++i)
    c.in[i] = static_cast<std::int16_t>(value(i % inputs % 128 + i / inputs, low));
  for (std::size_t i = 0; i < c.weights.size(); ++i)
    c.weights[i] = static_cast<std::int8_t>(value(i % inputs % 128 / 7 + i / inputs, -4));
  return c;
}

npu::Tile whole(const Layer& l) {
  return {0, static_cast<std::uint32_t>(l.out.pixels()),
          0, static_cast<std::uint32_t>(l.out.channels),
          0, static_cast<std::uint32_t>(l.in.channels)};
}

npu::ec::TwinCounts counts_of(const npu::Geometry& geometry, const numbers::test::Case& operands) {
  const EcCore core(geometry);
  test::EcCase run(core, operands, {whole(operands.layer)});
  run.check();
  return run.counts();
}

double energy_pj(const npu::Geometry& geometry, const npu::ec::TwinCounts& n) {
  npu::EnergyCounts counts;
  counts[npu::EnergyEvent::search] = n.activity.searches;
  counts[npu::EnergyEvent::accumulation] = n.activity.accumulations;
  counts[npu::EnergyEvent::match] = n.activity.matches;
  return npu::chip_energy_pj(npu::ec::energy(geometry), counts, 1.01);
}

TEST(EcCountTest, DenseSignedOperandsTakeTenMultiplicationsFor128Products) {
  Random random(kSeed);
  const auto n =
      counts_of(with_plan(Counting::magnitude_pairs), dense_case(pointwise(true), random));
  EXPECT_EQ(10 * n.macs, 128 * n.activity.multiplications);
  EXPECT_EQ(n.activity.searches, n.activity.multiplications);
  EXPECT_EQ(n.activity.matches, n.macs);
  EXPECT_EQ(n.activity.accumulations, 0u);
}

TEST(EcCountTest, DenseBitPlanesTakeTenStepsFor128Products) {
  Random random(kSeed);
  const auto n = counts_of(with_plan(Counting::bit_planes), dense_case(pointwise(false), random));
  EXPECT_EQ(10 * n.macs, 128 * (n.activity.searches + n.activity.accumulations));
  EXPECT_EQ(n.activity.multiplications, 0u);
  // 226/1000 of a cycle for each of the dot products of 128.
  EXPECT_EQ(n.activity.cycles, n.macs / 128 * 10 + n.macs / 128 * 226 / 1000);
}

TEST(EcCountTest, ProductClassesMergePairsWithTheSameProduct) {
  Random random(kSeed);
  const auto n =
      counts_of(with_plan(Counting::product_classes), dense_case(pointwise(true), random));
  EXPECT_EQ(9 * n.macs, 128 * n.activity.searches);  // 1, 2, 3, 4, 6, 8, 9, 12, 16
}

TEST(EcCountTest, ThroughputAt143MegahertzIsThePublishedOne) {
  Random random(kSeed);
  const auto n = counts_of(with_plan(Counting::bit_planes), dense_case(pointwise(false), random));
  const auto hz = static_cast<double>(npu::ec::operating_points().front().clock_hz);
  const double operations = 2.0 * static_cast<double>(n.macs);
  const auto steps = static_cast<double>(n.activity.searches + n.activity.accumulations);
  EXPECT_NEAR(operations / steps * hz / 1e9, 3.66, 0.005);
  EXPECT_NEAR(operations / static_cast<double>(n.activity.cycles) * hz / 1e9, 3.58, 0.0358);
}

TEST(EcCountTest, DenseDotProductsReachThePublishedEfficiency) {
  for (const Counting counting : {Counting::bit_planes, Counting::magnitude_pairs}) {
    Random random(kSeed);
    const npu::Geometry g = with_plan(counting);
    const auto n = counts_of(g, dense_case(pointwise(counting != Counting::bit_planes), random));
    const double pj = energy_pj(g, n);
    EXPECT_NEAR(2.0 * static_cast<double>(n.macs) / pj, 11.6, 0.116);
    EXPECT_NEAR(pj / static_cast<double>(n.macs / 128), 22.07, 0.22);
  }
}

TEST(EcCountTest, MoreZerosNeverTakeMoreStepsAndAlwaysLessEnergy) {
  for (const Counting counting :
       {Counting::bit_planes, Counting::magnitude_pairs, Counting::product_classes}) {
    const npu::Geometry g = with_plan(counting);
    for (const bool zero_weights : {false, true}) {
      Random random(kSeed);
      numbers::test::Case c = dense_case(pointwise(true), random);
      std::uint64_t steps = ~std::uint64_t{0};
      double energy = 1e300;
      for (int round = 0; round < 12; ++round) {
        const auto n = counts_of(g, c);
        const std::uint64_t now = n.activity.searches + n.activity.accumulations;
        EXPECT_LE(now, steps);
        EXPECT_LT(energy_pj(g, n), energy);
        steps = now;
        energy = energy_pj(g, n);
        if (zero_weights)
          for (auto& w : c.weights)
            w = random.chance(40) ? std::int8_t{0} : w;
        else
          for (auto& q : c.in)
            q = random.chance(40) ? std::int16_t{0} : q;
      }
      EXPECT_LT(steps, 36u * 24 * 2 * 10);
    }
  }
}

TEST(EcCountTest, OperandsThatAreAllZeroTakeNothingButTheOverhead) {
  Random random(kSeed);
  numbers::test::Case c = random.make(pointwise(false));
  std::ranges::fill(c.in, std::int16_t{0});
  const auto n = counts_of(with_plan(Counting::bit_planes), c);
  EXPECT_EQ(n.activity.searches + n.activity.accumulations + n.activity.matches, 0u);
  EXPECT_EQ(n.activity.cycles, 36u * 24 * 2 * 226 / 1000);
}

/// Of the nine bit planes with features of which so many percent are zeros, the ones that match.
TEST(EcCountTest, RandomZerosLeaveMostBitPlanesOccupied) {
  for (const auto& [zeros, planes] : {std::pair{80, 9.0}, std::pair{95, 7.6}}) {
    Random random(kSeed);
    Layer l = pointwise(false);
    l.in.height = l.out.height = l.in.width = l.out.width = 20;
    numbers::test::Case c = random.make(l);
    for (auto& q : c.in)
      q = static_cast<std::int16_t>(random.chance(zeros) ? 0 : random.in(1, 7));
    for (auto& w : c.weights)
      w = static_cast<std::int8_t>(random.in(-4, 3));
    const EcCore core(with_plan(Counting::bit_planes));
    const auto n = test::EcCase(core, c, {whole(l)}).run_steps();
    EXPECT_NEAR(static_cast<double>(n.activity.searches) / (400 * 24 * 2), planes, 0.1);
  }
}

/// Entry by entry and class by class.
npu::ec::MatchCount count_obviously(const npu::ec::EntryBits& b,
                                    const npu::ec::CountingPlan& plan) {
  npu::ec::MatchCount sum;
  const auto bit = [](std::uint64_t word, int i) { return (word >> i & 1) != 0; };
  for (int chunk = 0; chunk < b.chunks; ++chunk)
    for (int channel = 0; channel < b.channels; ++channel) {
      std::uint64_t of_dot = 0;
      for (const auto& pairs : plan.classes) {
        std::uint64_t of_class = 0;
        for (const npu::ec::PlanePair& pair : pairs)
          for (int entry = 0; entry < 64 * b.words; ++entry) {
            const int word = entry / 64;
            const std::uint64_t f =
                b.features[(chunk * plan.features + pair.feature) * b.words + word];
            const std::uint64_t w =
                b.weights[((chunk * plan.weights + pair.weight) * b.words + word) * b.pitch +
                          channel];
            of_class += bit(f, entry % 64) && bit(w, entry % 64) ? 1 : 0;
          }
        sum.searches += of_class > 0 ? 1 : 0;
        of_dot += of_class;
      }
      sum.dots += of_dot > 0 ? 1 : 0;
      sum.matches += of_dot;
    }
  return sum;
}

TEST(EcCountTest, EveryInstructionSetCountsAsTheObviousCounterDoes) {
  RecordProperty("seed", std::to_string(kSeed));
  for (int i = 0; i < 300 && !testing::Test::HasFailure(); ++i) {
    Random random(kSeed + i);
    npu::ec::CountingPlan plan;
    plan.features = random.in(1, 8);
    plan.weights = random.in(1, 8);
    for (int c = random.in(1, 12); c > 0; --c) {
      plan.classes.emplace_back();
      for (int p = random.in(1, 6); p > 0; --p)
        plan.classes.back().push_back({static_cast<std::uint8_t>(random.in(0, plan.features - 1)),
                                       static_cast<std::uint8_t>(random.in(0, plan.weights - 1))});
    }
    npu::ec::EntryBits bits;
    bits.chunks = random.in(1, 4);
    bits.words = random.in(1, 4);
    bits.channels = random.in(1, 40);
    bits.pitch = (bits.channels + npu::ec::kPitch - 1) / npu::ec::kPitch * npu::ec::kPitch;
    const int holes = random.in(0, 3);
    const auto word = [&] {
      std::uint64_t w = ~std::uint64_t{0};
      for (int k = 0; k <= holes * 2; ++k)
        w &= static_cast<std::uint64_t>(static_cast<std::uint32_t>(random.word())) << 32 |
             static_cast<std::uint32_t>(random.word());
      return w;
    };
    std::vector<std::uint64_t> features(
        static_cast<std::size_t>(bits.chunks * plan.features * bits.words));
    std::vector<std::uint64_t> weights(
        static_cast<std::size_t>(bits.chunks * plan.weights * bits.words * bits.pitch));
    std::ranges::generate(features, word);
    for (std::size_t k = 0; k < weights.size(); ++k)
      weights[k] = static_cast<int>(k % bits.pitch) < bits.channels ? word() : 0;
    bits.features = features.data();
    bits.weights = weights.data();
    const npu::ec::MatchCount expected = count_obviously(bits, plan);
    for (const numbers::InstructionSet instructions : numbers::kInstructionSets)
      EXPECT_EQ(npu::ec::count_matches(instructions)(bits, plan), expected)
          << "seed " << kSeed + i << " " << numbers::name_of(instructions);
  }
}

}  // namespace
}  // namespace cairn
