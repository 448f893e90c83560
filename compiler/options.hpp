// What the user may ask of the compiler, and what it must know of the system around the core.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/npu/mapping.hpp"

namespace cairn::compiler {

struct CompileOptions {
  std::string schedule;  ///< one of Mapping::schedules(); empty: the first
  npu::LoopOrder order = npu::LoopOrder::automatic;
  double dram_bytes_per_cycle = 16;  ///< of the core's clock; what DRAM or bus can bring
  /// Inputs of the network, each NHWC, on which converters are calibrated; empty: exact mode.
  std::vector<std::vector<std::int16_t>> samples;
  std::map<std::string, int> adc_steps;  ///< by layer name, instead of a calibration
};

}  // namespace cairn::compiler
