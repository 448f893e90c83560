// The SoC's address space as a debugger sees it: no time passes, nothing is counted or traced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tlm>

#include "models/cpu/cpu.hpp"

namespace cairn::platform {

/// TLM debug transport from where the CPU stands (IEEE 1666-2011, 11.3); how many bytes were moved.
std::size_t debug_transport(Cpu& cpu, tlm::tlm_command command, std::uint32_t address,
                            std::uint8_t* data, std::size_t bytes);

}  // namespace cairn::platform
