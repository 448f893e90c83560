// Looks into the SoC without disturbing it: for post-mortems.
#pragma once

#include <cstdint>
#include <string>

#include "platform/machine.hpp"
#include "platform/soc.hpp"

namespace cairn::platform {

CpuState cpu_state(Cpu& cpu);

/// "npu0.status", "dram+0x1f40"; empty where nothing is.
std::string place_of(const Bus& bus, std::uint64_t address);

}  // namespace cairn::platform
