// Energy, leakage and area of a 64-bit single-bank SRAM, from CACTI 7.
#pragma once

#include <cstdint>

namespace cairn::npu {

enum class Process : std::uint8_t { nm28, nm65 };

/// At 0.9 V (28 nm) or nominal voltage (65 nm), low operating power transistors.
struct SramCost {
  double read_fj = 0, write_fj = 0;  ///< one 64-bit word
  double leakage_uw = 0;
  double area_mm2 = 0;
};

/// Interpolated between 8, 32 and 128 KB along straight lines in logarithmic axes, and extended
/// beyond them. `bytes` above 0.
SramCost sram_cost(Process process, std::uint64_t bytes);

}  // namespace cairn::npu
