// A trace of guest code, as both fast engines see it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/cpu/hart_flow.hpp"
#include "models/cpu/hart_instruction.hpp"

namespace cairn::hart {

/// Instructions retired and accesses to the data window, in one row of lanes that two vector
/// additions update. 32 bits: clear it often enough.
struct alignas(16) Tally {
  enum Lane : std::uint8_t { kInstructions, kReads, kWrites = 4 };  ///< + log2 of the access size

  std::array<std::uint32_t, 8> lanes{};

  Tally& operator+=(const Tally& other) {
    for (unsigned i = 0; i < lanes.size(); ++i)
      lanes[i] += other.lanes[i];
    return *this;
  }
  Tally& operator-=(const Tally& other) {
    for (unsigned i = 0; i < lanes.size(); ++i)
      lanes[i] -= other.lanes[i];
    return *this;
  }
  bool operator==(const Tally&) const = default;
};

/// What a stretch of a block costs while all its data lie in the data window and all its lines in
/// the instruction cache; a branch goes the way of the block. Also what such a stretch gives back
/// when it is not executed, less what going another way costs: that may be below zero.
struct Work {
  std::int32_t cycles = 0;
  Tally tally;
};

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
};

/// The first instruction of a block in a cache line, whichever skips were taken before it.
struct LineEntry {
  std::uint8_t index = 0;
  std::uint32_t line = 0;              ///< as the cache's tags name it
  const std::uint32_t* tag = nullptr;  ///< equal to `line`: a hit that changes nothing
};

struct Block;

/// A branch that leaves a block before its end: taken, or where the block follows it, not taken.
struct SideExit {
  std::uint8_t index = 0;    ///< of the branch
  std::uint32_t target = 0;  ///< where it goes
  Work back;                 ///< what lies behind it
  Block* next = nullptr;     ///< the block at target; null: not known yet
};

/// A forward branch whose target lies in the block too.
struct Skip {
  std::uint8_t index = 0;  ///< of the branch
  std::uint8_t to = 0;     ///< the instruction that it goes to if taken
  Work back;               ///< what lies between
  const Step* step = nullptr;
};

/// Fast instructions (see is_fast) in one page, in the order in which they are executed as a rule:
/// jumps and backward branches are followed, forward branches fall through. A loop is repeated
/// as often as it fits. Enter it only if all of it starts before the limit, see `need`: then its
/// work is known.
struct Block {
  static constexpr std::size_t kMaxInstructions = 64;
  static constexpr std::size_t kMaxSideExits = 16;

  std::uint32_t pc = 0;
  std::uint32_t end_pc = 0;  ///< behind the last instruction
  std::uint32_t target = 0;  ///< of the branch or jump at its end, where that is fixed
  Work work;                 ///< paid for on the way in
  std::int32_t need = 0;     ///< cycles: work, and what skips may cost more than they save
  std::vector<Instruction> code;
  std::vector<std::uint32_t> pcs;  ///< of each
  std::vector<SideExit> sides;     ///< in the order of their branches
  std::vector<Skip> skips;         ///< likewise
  std::vector<LineEntry> lines;    ///< empty without an instruction cache
  std::vector<Step> steps;

  Block* next = nullptr;   ///< at end_pc; null: not known yet
  Block* taken = nullptr;  ///< at target; null: not known yet
  std::unique_ptr<Block>
      shorter;  ///< begins likewise, for the end of a slice; null: not needed yet

  /// Entries into the interpreter until the block is worth translating; 0: leave it there.
  std::uint32_t patience = 0;
  const void* host_code = nullptr;  ///< the translation; without one, a way back

  const Instruction& last() const { return code.back(); }
  std::uint32_t pc_behind(std::size_t index) const { return pcs[index] + code[index].size; }
  /// The instruction does not go on behind itself in memory.
  bool follows(std::size_t index) const {
    return index + 1 < code.size() && pcs[index + 1] != pc_behind(index);
  }
};

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
/// Lane of the data access that `op` makes, a load or a store.
constexpr unsigned tally_lane(Op op) {
  const unsigned size = static_cast<unsigned>(std::bit_width(width_of(op))) - 1;
  return (is_load(op) ? Tally::kReads : Tally::kWrites) + size;
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

}  // namespace cairn::hart
