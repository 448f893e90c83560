// Energy and area of the entry-counting core at 65 nm and 1.01 V.
#include "models/npu/energy.hpp"

#include <cmath>

#include "models/npu/cores/ec/counting_plan.hpp"
#include "models/npu/cores/ec/mapping.hpp"
#include "models/npu/sram_cost.hpp"

namespace cairn::npu::ec {

namespace {

constexpr double kNominalVolt = 1.01;
constexpr double kMacroMm2 = 0.76 * 0.66;
constexpr double kDramBitFj = 8'000;

/// 256 operations of a dense dot product of 128 3-bit operands at 11.6 TOPS/W, in ten steps.
constexpr double kDotFj = 256.0 / 11.6 * 1'000, kDotSteps = 10, kDotEntries = 128;
/// Of that, what each step costs whatever it finds (search lines, counter tree); the rest is spent
/// by entries that match. Assumed.
constexpr double kStepShare = 0.5;
/// A word of the macro, 58 bits; 75 sqrt(bytes) fJ a 64-bit word at 65 nm.
constexpr double kMacroBytes = 128 * 57.5 / 8;

constexpr const char* kPaper = "JETCAS 10(3), 2020, 11.6 TOPS/W of the macro";
constexpr const char* kCacti = "CACTI 7, low operating power, 64-bit words, one bank, 65 nm";

/// Matches of a dense dot product of 128 operands, evenly spread over the 3-bit values but 0: each
/// is 12/7 one-bits on average; or each operand matches in one class.
double dense_matches(Counting counting) {
  constexpr double kOnes = 12.0 / 7;
  return kDotEntries * (counting == Counting::bit_planes ? kOnes * kOnes : 1);
}

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
  const double scale = static_cast<double>(g.at("entries")) / kDotEntries;
  const double step = kStepShare * kDotFj / kDotSteps * scale;
  const double match = (1 - kStepShare) * kDotFj / dense_matches(counting_of(g));
  EnergyTable table;
  table.nominal_volt = kNominalVolt;
  table.values = {
      {"search", "array", step, "fJ", kPaper, true},
      {"accumulation", "array", step, "fJ", kPaper, true},
      {"match", "array", match, "fJ", kPaper, true},
      {"load", "loads", 75 * std::sqrt(kMacroBytes * scale), "fJ",
       "row of 58 bits of a 65 nm SRAM of 7.36 Kb, 75 sqrt(bytes) fJ", false},
      {"area", "array", kMacroMm2 * scale, "mm2", "JETCAS 10(3), 2020", false},
  };
  add_sram(table, "features", "feature", g.feature_bits / 8);
  add_sram(table, "weights", "weight", g.weight_bytes);
  add_sram(table, "buffer", "buffer", g.buffer_bytes);
  table.values.push_back({"dram_bit", "dram", kDramBitFj, "fJ", "LPDDR4, 8 pJ/bit", false});
  return table;
}

}  // namespace cairn::npu::ec
