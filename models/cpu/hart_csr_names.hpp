// The names of the CSRs, as the privileged ISA and debuggers write them.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::hart {

/// "mstatus", "mhpmcounter3h"; empty for a number without a name.
std::string csr_name(std::uint32_t number);

}  // namespace cairn::hart
