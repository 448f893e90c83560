// Simulated time on the command line.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::platform {

/// "10ms", "1.5us", "2 s" -> picoseconds. Throws InputError, which names `option`.
std::uint64_t parse_sim_time(const std::string& text, const std::string& option = "--timeout");

}  // namespace cairn::platform
