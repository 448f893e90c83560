// A pair of clock and supply voltage at which a core was measured.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::npu {

struct OperatingPoint {
  std::uint64_t clock_hz = 0;
  std::uint32_t millivolt = 0;
  std::string source;

  double volt() const { return millivolt / 1000.0; }
};

}  // namespace cairn::npu
