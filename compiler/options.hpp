// What the user may ask of the compiler, and what it must know of the system around the core.
#pragma once

#include <cstdint>
#include <string>

#include "models/npu/mapping.hpp"

namespace cairn::compiler {

struct CompileOptions {
  std::string schedule;  ///< one of Mapping::schedules(); empty: the first
  npu::LoopOrder order = npu::LoopOrder::automatic;
  double dram_bytes_per_cycle = 16;  ///< of the core's clock; what DRAM or bus can bring
};

}  // namespace cairn::compiler
