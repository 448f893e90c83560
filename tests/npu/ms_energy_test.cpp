// Energy and area of the memory-stationary core: the published peak, and how energy adds up.
#include <gtest/gtest.h>

#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/sram_cost.hpp"
#include "tests/npu/ms_step_counts.hpp"
#include "tests/npu/resnet50_layers.hpp"

namespace cairn {
namespace {

using npu::EnergyCounts;
using npu::EnergyEvent;
using npu::EnergyTable;

constexpr double kClockHz = 800e6, kVolt = 0.9;

/// What the schedule of a layer counts with resident weights and no DRAM.
EnergyCounts peak_kernel() {
  const numbers::Layer l = test::square_convolution(56, 64, 64, 3, 1, 4);
  const npu::ms::MsMapping mapping(npu::ms::defaults());
  npu::PlanRequest request;
  request.schedule = "ms";
  const npu::Plan plan = mapping.plan(l, request);
  std::vector<npu::ms::TwinTile> tiles;
  for (const npu::Tile& t : plan.tiles)
    tiles.push_back({t, 0});
  npu::ms::TwinMemory memory;
  memory.ring_bits = 2 * npu::in_feature_bits(l);
  memory.out_bit = npu::in_feature_bits(l);
  const npu::ms::TwinCounts c = test::count_steps(mapping, l, tiles, memory);
  EnergyCounts counts;
  counts[EnergyEvent::mac] = c.macs;
  counts[EnergyEvent::bit_product] = c.macs * l.in_type.bits * l.weight_bits;
  counts[EnergyEvent::feature_read] = c.feature_words_read;
  counts[EnergyEvent::feature_write] = c.feature_words_written;
  counts[EnergyEvent::weight_read] = c.weight_words_read;
  counts[EnergyEvent::buffer_read] = c.buffer_bits_read / 64;
  counts[EnergyEvent::buffer_write] = c.buffer_bits_written / 64;
  counts.seconds = static_cast<double>(c.cycles) / kClockHz;
  return counts;
}

TEST(MsEnergyTest, PeakKernelReachesThePublishedEfficiency) {
  const EnergyCounts counts = peak_kernel();
  const EnergyTable table = npu::ms::energy(npu::ms::defaults());
  const double operations = 2.0 * static_cast<double>(counts[EnergyEvent::mac]);
  const double tops_per_watt = operations / chip_energy_pj(table, counts, kVolt);
  EXPECT_NEAR(tops_per_watt, 8.17, 0.005)
      << "without calibration " << tops_per_watt * table.calibration();
}

TEST(MsEnergyTest, PeakKernelReachesThePublishedDensity) {
  const EnergyCounts counts = peak_kernel();
  const double tops = 2e-12 * static_cast<double>(counts[EnergyEvent::mac]) / counts.seconds;
  EXPECT_NEAR(tops / npu::ms::energy(npu::ms::defaults()).area_mm2(), 0.63, 0.0005);
}

TEST(MsEnergyTest, WhatIsCalibratedIsMarked) {
  for (const npu::EnergyValue& v : npu::ms::energy(npu::ms::defaults()).values) {
    EXPECT_FALSE(v.source.empty()) << v.key;
    EXPECT_FALSE(v.unit.empty()) << v.key;
    EXPECT_EQ(v.calibrated, v.key == "calibration" || (v.key == "area" && v.part == "array"));
  }
}

TEST(MsEnergyTest, EnergyOnTheChipScalesWithTheSquareOfTheVoltageAndDramDoesNot) {
  EnergyTable table;
  table.nominal_volt = 1.0;
  table.values = {{"calibration", "", 2, "1", "test", true},
                  {"mac", "array", 100, "fJ", "test", false},
                  {"feature_read", "features", 1'000, "fJ", "test", false},
                  {"feature_write", "features", 3'000, "fJ", "test", false},
                  {"leakage", "features", 5, "uW", "test", false},
                  {"dram_bit", "dram", 8'000, "fJ", "test", false}};
  EnergyCounts counts;
  counts[EnergyEvent::mac] = 10;
  counts[EnergyEvent::feature_read] = 1;
  counts[EnergyEvent::feature_write] = 2;
  counts[EnergyEvent::dram_bit] = 4;
  counts.seconds = 1e-6;
  const auto parts = energy_per_part(table, counts, 0.5);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].name, "array");
  EXPECT_DOUBLE_EQ(parts[0].pj, 10 * 0.1 * 2 / 4);
  EXPECT_EQ(parts[1].name, "features");
  EXPECT_DOUBLE_EQ(parts[1].pj, (1 + 6) * 2.0 / 4);
  EXPECT_EQ(parts[2].name, "dram");
  EXPECT_DOUBLE_EQ(parts[2].pj, 32);
  EXPECT_EQ(parts[3].name, "leakage");
  EXPECT_DOUBLE_EQ(parts[3].pj, 5.0 * 2 / 4);
  EXPECT_DOUBLE_EQ(chip_energy_pj(table, counts, 0.5), 0.5 + 3.5 + 2.5);
}

TEST(SramCostTest, MeetsTheTabulatedSizesAndGrowsBetweenThem) {
  using npu::Process;
  EXPECT_DOUBLE_EQ(npu::sram_cost(Process::nm28, 8'192).read_fj, 1'380);
  EXPECT_DOUBLE_EQ(npu::sram_cost(Process::nm28, 32'768).area_mm2, 0.051);
  EXPECT_DOUBLE_EQ(npu::sram_cost(Process::nm65, 131'072).write_fj, 22'800);
  double before = 0;
  for (std::uint64_t bytes = 1'024; bytes <= 1 << 20; bytes *= 2) {
    const double read = npu::sram_cost(Process::nm65, bytes).read_fj;
    EXPECT_GT(read, before);
    before = read;
  }
}

}  // namespace
}  // namespace cairn
