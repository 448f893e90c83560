// Trap causes and their names.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::hart {

/// Exception codes of mcause (privileged ISA, table 3.6).
enum class Cause : std::uint32_t {
  kFetchAccessFault = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadAccessFault = 5,
  kStoreMisaligned = 6,
  kStoreAccessFault = 7,
  kUserCall = 8,
  kMachineCall = 11,
};

inline constexpr std::uint32_t kInterruptFlag = 1u << 31;  ///< of mcause

/// "load access fault", "machine timer interrupt", ...
std::string_view cause_name(std::uint32_t mcause);

/// The mcause of the interrupt to take first among these bits of mip, not all zero:
/// external, then software, then timer (privileged ISA, 3.1.9).
std::uint32_t first_interrupt(std::uint32_t pending);

}  // namespace cairn::hart
