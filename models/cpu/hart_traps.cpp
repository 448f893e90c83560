#include "models/cpu/hart_traps.hpp"

#include "models/cpu/hart_csr.hpp"

namespace cairn::hart {

std::string_view cause_name(std::uint32_t mcause) {
  switch (mcause) {
    case kInterruptFlag | 3:
      return "machine software interrupt";
    case kInterruptFlag | 7:
      return "machine timer interrupt";
    case kInterruptFlag | 11:
      return "machine external interrupt";
    default:
      break;
  }
  switch (static_cast<Cause>(mcause)) {
    case Cause::kFetchAccessFault:
      return "instruction access fault";
    case Cause::kIllegalInstruction:
      return "illegal instruction";
    case Cause::kBreakpoint:
      return "breakpoint";
    case Cause::kLoadMisaligned:
      return "load address misaligned";
    case Cause::kLoadAccessFault:
      return "load access fault";
    case Cause::kStoreMisaligned:
      return "store address misaligned";
    case Cause::kStoreAccessFault:
      return "store access fault";
    case Cause::kUserCall:
      return "environment call from user mode";
    case Cause::kMachineCall:
      return "environment call from machine mode";
  }
  return "unknown cause";
}

std::uint32_t first_interrupt(std::uint32_t pending) {
  if (pending & kExternalInterrupt) return kInterruptFlag | 11;
  if (pending & kSoftwareInterrupt) return kInterruptFlag | 3;
  return kInterruptFlag | 7;
}

}  // namespace cairn::hart
