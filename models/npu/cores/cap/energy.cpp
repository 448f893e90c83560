// Energy and area of CAP-RAM at 65 nm.
#include "models/npu/energy.hpp"

#include "models/npu/cores/cap/mapping.hpp"
#include "models/npu/sram_cost.hpp"

namespace cairn::npu::cap {

namespace {

constexpr double kNominalVolt = 1.2;
constexpr double kDramBitFj = 8'000;
constexpr double kRows = 64, kColumns = 128, kPlanes = 8;

/// 2 * 64 * 128 operations of an evaluation of all rows at 49.4 TOPS/W: 331.7 pJ, DAC and ADC
/// included.
constexpr double kEvaluationFj = 2 * kRows * kColumns / 49.4 * 1'000;
constexpr double kMacroMm2 = 0.179;

constexpr const char* kPaper = "arXiv 2107.02388, 49.4 TOPS/W of the macro";
constexpr const char* kCacti = "CACTI 7, low operating power, 64-bit words, one bank, 65 nm";
constexpr double kWordBits = 64;

void add_sram(EnergyTable& table, const std::string& part, const std::string& event,
              std::uint64_t bytes) {
  const SramCost cost = sram_cost(Process::nm65, bytes);
  table.values.push_back({event + "_read", part, cost.read_fj, "fJ", kCacti, false});
  table.values.push_back({event + "_write", part, cost.write_fj, "fJ", kCacti, false});
  table.values.push_back({"leakage", part, cost.leakage_uw, "uW", kCacti, false});
  table.values.push_back({"area", part, cost.area_mm2, "mm2", kCacti, false});
}

}  // namespace

EnergyTable energy(const Geometry& g) {
  const auto value = [&g](const char* key) { return static_cast<double>(g.at(key)); };
  const double columns = value("columns") / kColumns;
  const double scale = columns * value("rows") / kRows * value("planes") / kPlanes;
  const SramCost cells = sram_cost(
      Process::nm65,
      static_cast<std::uint64_t>(g.at("rows") * g.at("columns") * g.at("planes") / 8 + 1));
  EnergyTable table;
  table.nominal_volt = kNominalVolt;
  table.values = {
      {"row", "array", kEvaluationFj / kRows * columns, "fJ", kPaper, true},
      {"cell_write", "cells", cells.write_fj / kWordBits, "fJ", kCacti, false},
      {"leakage", "cells", cells.leakage_uw, "uW", kCacti, false},
      {"area", "array", kMacroMm2 * scale, "mm2", "second-hand note on JSSC 56(6), 2021", false},
  };
  add_sram(table, "features", "feature", g.feature_bits / 8);
  add_sram(table, "weights", "weight", g.weight_bytes);
  add_sram(table, "buffer", "buffer", g.buffer_bytes);
  table.values.push_back({"dram_bit", "dram", kDramBitFj, "fJ", "LPDDR4, 8 pJ/bit", false});
  return table;
}

}  // namespace cairn::npu::cap
