// Energy of a run: which counter is priced by which event, and how layers add up.
#include <gtest/gtest.h>

#include "platform/run/energy.hpp"

namespace cairn::platform {
namespace {

using npu::EnergyEvent;

constexpr std::uint32_t kMillivolt = 1000;

/// Layer `number` of two: 10 cycles each, 100 products of 4 x 3 bits.
TileRecord tile(std::uint32_t number) {
  TileRecord r;
  r.layer = number;
  r.cycles = 10;
  r.macs = 100;
  r.feature_words_read = 7;
  r.buffer_words_written = 5;
  r.start_ps = number * 20'000;
  r.end_ps = r.start_ps + 10'000;
  r.millivolt = kMillivolt;
  return r;
}

Result two_layers() {
  Result r;
  r.energy_table.nominal_volt = kMillivolt / 1000.0;
  r.statistics = Statistics({{"a", "convolution", {.in_bits = 4, .weight_bits = 3}},
                             {"b", "convolution", {.in_bits = 4, .weight_bits = 3}}},
                            kMillivolt);
  r.statistics.add(tile(0));
  r.statistics.add(tile(1));
  r.statistics.add(TransferRecord{0, 1, 64, {.weights_written = 60}});
  r.energy_table.values = {{"mac", "array", 10, "fJ", "test", false},
                           {"bit_product", "array", 1, "fJ", "test", false},
                           {"feature_read", "features", 1'000, "fJ", "test", false},
                           {"weight_write", "weights", 1'000, "fJ", "test", false},
                           {"buffer_write", "buffer", 1'000, "fJ", "test", false},
                           {"leakage", "features", 1'000, "uW", "test", false},
                           {"dram_bit", "dram", 1'000, "fJ", "test", false}};
  return r;
}

double part(const std::vector<npu::EnergyPart>& parts, std::string_view name) {
  for (const npu::EnergyPart& p : parts)
    if (p.name == name) return p.pj;
  return -1;
}

TEST(RunEnergyTest, ProductsAreCountedByTheBitsOfTheirOperands) {
  const RunEnergy e = energy_of(two_layers());
  EXPECT_DOUBLE_EQ(part(e.layers[0], "array"), 100 * 0.010 + 100 * 4 * 3 * 0.001);
}

TEST(RunEnergyTest, TransfersArePricedInWholeWordsAndDramInBits) {
  const RunEnergy e = energy_of(two_layers());
  EXPECT_DOUBLE_EQ(part(e.layers[0], "weights"), 0);
  EXPECT_DOUBLE_EQ(part(e.layers[1], "weights"), 8);
  EXPECT_DOUBLE_EQ(part(e.layers[1], "dram"), 64 * 8);
  EXPECT_DOUBLE_EQ(e.total_pj() - e.chip_pj(), 64 * 8);
}

TEST(RunEnergyTest, TotalsAreThoseOfTheLayersButForTheLeakageBetweenThem) {
  const RunEnergy e = energy_of(two_layers());
  for (const char* name : {"array", "features", "weights", "buffer", "dram"})
    EXPECT_DOUBLE_EQ(part(e.total, name), part(e.layers[0], name) + part(e.layers[1], name))
        << name;
  EXPECT_DOUBLE_EQ(part(e.layers[0], "leakage"), 10e-9 * 1e-3 * 1e12);
  EXPECT_DOUBLE_EQ(part(e.total, "leakage"), 30e-9 * 1e-3 * 1e12);
}

TEST(RunEnergyTest, WhatHappensAtHalfTheVoltageCostsAQuarterButForDram) {
  Result r = two_layers();
  TileRecord third = tile(1);
  third.start_ps = 30'000;
  third.end_ps = 42'000;
  third.millivolt = kMillivolt / 2;
  const RunEnergy before = energy_of(r);
  r.statistics.add(PointRecord{0, 32'000, 500'000'000, kMillivolt / 2});
  r.statistics.add(third);
  r.statistics.add(TransferRecord{0, 1, 64, {.weights_written = 60}});
  const RunEnergy e = energy_of(r);
  EXPECT_DOUBLE_EQ(part(e.layers[1], "array"), 1.25 * part(before.layers[1], "array"));
  EXPECT_DOUBLE_EQ(part(e.layers[1], "weights"), 8 + 2);
  EXPECT_DOUBLE_EQ(part(e.layers[1], "dram"), 2 * 64 * 8);
  EXPECT_DOUBLE_EQ(part(e.layers[1], "leakage"), 10 + 2 + 0.25 * 10);
  EXPECT_DOUBLE_EQ(part(e.total, "leakage"), 30 + 2 + 0.25 * 10);
}

TEST(RunEnergyTest, ALayerWithoutWeightsHasNoProducts) {
  LayerStatistics pool;
  pool.operands.in_bits = 8;
  pool.cycles = 10;
  const npu::EnergyCounts counts = energy_counts(pool, 1e-9);
  EXPECT_EQ(counts[EnergyEvent::mac], 0u);
  EXPECT_EQ(counts[EnergyEvent::bit_product], 0u);
}

}  // namespace
}  // namespace cairn::platform
