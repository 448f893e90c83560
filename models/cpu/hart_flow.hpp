// Calls and returns, as the calling convention marks them.
#pragma once

#include "models/cpu/hart_instruction.hpp"

namespace cairn::hart {

/// What a jump does to a stack of return addresses (unprivileged ISA, table 2.1).
enum class Flow {
  kNone,        ///< no jump, or one within or between functions
  kCall,        ///< push
  kReturn,      ///< pop
  kReturnCall,  ///< pop, then push: coroutines
};

/// True for the registers that the calling convention uses for return addresses: ra and t0.
constexpr bool is_link(unsigned reg) {
  return reg == 1 || reg == 5;
}

constexpr Flow flow_of(const Instruction& in) {
  if (in.op == Op::kJal) return is_link(in.rd) ? Flow::kCall : Flow::kNone;
  if (in.op != Op::kJalr) return Flow::kNone;
  if (is_link(in.rd)) return is_link(in.rs1) && in.rs1 != in.rd ? Flow::kReturnCall : Flow::kCall;
  return is_link(in.rs1) ? Flow::kReturn : Flow::kNone;
}

}  // namespace cairn::hart
