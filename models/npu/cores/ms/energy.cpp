// Energy and area of the memory-stationary core at 28 nm and 0.9 V.
#include "models/npu/energy.hpp"

#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/sram_cost.hpp"

namespace cairn::npu::ms {

namespace {

constexpr double kNominalVolt = 0.9;

/// Horowitz, ISSCC 2014: 0.2 pJ for an 8b x 8b product, 0.1 pJ for a 32-bit sum at 45 nm and 0.9 V;
/// x0.51 to 28 nm (Stillmaker and Baas 2017).
constexpr double kTo28nm = 0.51;
constexpr double kBitProductFj = kTo28nm * 200.0 / 64, kSumFj = kTo28nm * 100.0;
constexpr double kDramBitFj = 8'000;

/// Closes the peak kernel (3x3 convolution of 56x56x64 features, 64 output channels, 4 bits,
/// weights resident, no DRAM) on the published 8.17 TOPS/W: clock tree, control, accumulator and
/// table accesses, which the other values leave out.
constexpr double kCalibration = 1.3908;
/// Area of what is no SRAM, per one-bit product of a cycle: closes 0.63 TOPS/mm2 with the default
/// array, 8,192 of them at 800 MHz.
constexpr double kBitProductMm2 = 121.3e-6;

constexpr const char* kCacti = "CACTI 7, low operating power, 64-bit words, one bank, 28 nm";
constexpr const char* kPaper = "JSSC 60(8), 2025";

void add_sram(EnergyTable& table, const std::string& part, std::uint64_t bytes) {
  const SramCost cost = sram_cost(Process::nm28, bytes);
  const std::string event = part == "features" ? "feature" : part == "weights" ? "weight" : part;
  table.values.push_back({event + "_read", part, cost.read_fj, "fJ", kCacti, false});
  table.values.push_back({event + "_write", part, cost.write_fj, "fJ", kCacti, false});
  table.values.push_back({"leakage", part, cost.leakage_uw, "uW", kCacti, false});
  table.values.push_back({"area", part, cost.area_mm2, "mm2", kCacti, false});
}

}  // namespace

EnergyTable energy(const Geometry& g) {
  const auto bit_products = static_cast<double>(g.at("tile_pixels") * g.at("tile_channels") *
                                                g.at("input_lanes") * g.at("bit_products"));
  EnergyTable table;
  table.nominal_volt = kNominalVolt;
  table.values = {
      {"calibration", "", kCalibration, "1", std::string(kPaper) + ", 8.17 TOPS/W", true},
      {"mac", "array", kSumFj, "fJ", "Horowitz, ISSCC 2014, scaled from 45 nm", false},
      {"bit_product", "array", kBitProductFj, "fJ", "Horowitz, ISSCC 2014, scaled from 45 nm",
       false},
      {"area", "array", kBitProductMm2 * bit_products, "mm2",
       std::string(kPaper) + ", 0.63 TOPS/mm2", true},
  };
  add_sram(table, "features", g.feature_bits / 8);
  add_sram(table, "weights", g.weight_bytes);
  add_sram(table, "buffer", g.buffer_bytes);
  table.values.push_back({"dram_bit", "dram", kDramBitFj, "fJ", "LPDDR4, 8 pJ/bit", false});
  return table;
}

}  // namespace cairn::npu::ms
