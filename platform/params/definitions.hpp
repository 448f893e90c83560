// The list of configuration keys, block by block.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/params/parameter.hpp"

namespace cairn::platform {

constexpr std::int64_t kMaxNpus = 8;  ///< windows in the memory map

/// soc.cpu0, soc.bus, soc.dram, soc.flash, soc.npus.
std::vector<Parameter> host_parameters();
/// soc.npuN.core, which decides the defaults of the rest.
std::vector<Parameter> npu_core_parameter(std::int64_t npu);
/// soc.npuN.*: clock, memories and the sizes of every core, so that a file may configure several
/// cores.
std::vector<Parameter> npu_parameters(std::int64_t npu, const std::string& core);

}  // namespace cairn::platform
