// What blocks are made of: fast instructions, and the steps in which the interpreter executes them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/cpu/hart_flow.hpp"
#include "models/cpu/hart_instruction.hpp"

namespace cairn::hart {

/// Instructions that blocks are made of: they stay in direct memory, as a rule, and cannot trap.
constexpr bool is_fast(Op op) {
  return op >= Op::kLui && op <= Op::kFence;
}
constexpr bool is_load(Op op) {
  return op >= Op::kLb && op <= Op::kLhu;
}
constexpr bool is_store(Op op) {
  return op >= Op::kSb && op <= Op::kSw;
}
constexpr bool is_branch(Op op) {
  return op >= Op::kBeq && op <= Op::kBgeu;
}
/// The branch that is taken where this one is not.
constexpr Op inverse(Op branch) {
  constexpr unsigned kFirst = static_cast<unsigned>(Op::kBeq);
  return static_cast<Op>(((static_cast<unsigned>(branch) - kFirst) ^ 1) + kFirst);
}
/// Whatever may be followed by another instruction than the next in memory.
constexpr bool is_transfer(Op op) {
  return op >= Op::kJal && op <= Op::kBgeu;
}
/// A jump that observers hear about: a call or a return.
constexpr bool is_call_or_return(const Instruction& in) {
  return flow_of(in) != Flow::kNone;
}

/// One instruction as the block interpreter executes it, or a look at the instruction cache.
struct Step {
  const void* handler = nullptr;  ///< where the interpreter jumps to
  std::uint32_t imm = 0;          ///< absolute where the instruction's is relative to its pc
  std::uint8_t rd = kDiscard, rs1 = 0, rs2 = 0;
  std::uint8_t index = 0;  ///< of the instruction in the block
};

inline constexpr std::size_t kFastOps =
    static_cast<std::size_t>(Op::kFence) - static_cast<std::size_t>(Op::kLui) + 1;

/// Pairs of instructions that the interpreter executes at once.
inline constexpr auto kPairOps = [] {
  constexpr std::array kFirst{Op::kAddi, Op::kSlli, Op::kSrli, Op::kAndi,
                              Op::kAdd,  Op::kXor,  Op::kLui};
  constexpr std::array kSecond{Op::kAddi, Op::kSlli, Op::kSrli, Op::kAndi,
                               Op::kAdd,  Op::kXor,  Op::kOr};
  std::array<std::array<Op, 2>, kFirst.size() * kSecond.size()> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = {kFirst[i / kSecond.size()], kSecond[i % kSecond.size()]};
  return pairs;
}();

/// Where the interpreter executes each kind of step.
struct StepHandlers {
  std::array<const void*, kFastOps> op{};
  const void* line = nullptr;  ///< another cache line; imm: index into Block::lines
  const void* end = nullptr;   ///< behind the last instruction where that does not transfer
  const void* call = nullptr;  ///< kJal that observers hear about
  const void* call_register = nullptr;  ///< kJalr likewise
  std::array<const void*, 6> side{};    ///< branches out; imm: index into Block::sides
  std::array<const void*, 6> skip{};    ///< branches ahead; imm: index into Block::skips
  /// Two instructions, the second with the result of the first in rs1; its own step follows.
  std::array<const void*, kPairOps.size()> pair{};

  const void* of(const Instruction& in) const;
  const void* of_pair(Op first, Op second) const;  ///< null: none
  const void* of_side(Op branch) const;
  const void* of_skip(Op branch) const;
};

}  // namespace cairn::hart
