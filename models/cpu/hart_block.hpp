// Straight-line guest code, as both fast engines see it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
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

/// What a stretch of code costs while all its data lie in the data window and all its lines in
/// the instruction cache; a branch counts as not taken.
struct Work {
  std::uint32_t cycles = 0;
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

/// Where the interpreter executes each kind of step.
struct StepHandlers {
  std::array<const void*, kFastOps> op{};
  const void* line = nullptr;  ///< another cache line; imm: index into Block::lines
  const void* end = nullptr;   ///< behind the last instruction where that does not transfer
  const void* call = nullptr;  ///< kJal that observers hear about
  const void* call_register = nullptr;  ///< kJalr likewise
  std::array<const void*, 6> side{};    ///< branches before the end; imm: index into Block::sides

  const void* of(const Instruction& in) const;
  const void* of_side(Op branch) const;
};

/// The first instruction of a block that lies in another cache line than the one before it.
struct LineEntry {
  std::uint8_t index = 0;
  std::uint32_t line = 0;              ///< as the cache's tags name it
  const std::uint32_t* tag = nullptr;  ///< equal to `line`: a hit that changes nothing
};

struct Block;

/// A branch before the end of a block: taken, it gives back what lies behind it.
struct SideExit {
  std::uint8_t index = 0;    ///< of the branch
  std::uint32_t target = 0;  ///< where it goes if taken
  Work rest;                 ///< of the instructions behind it
  Block* taken = nullptr;    ///< the block at target; null: not known yet
};

/// Fast instructions (see is_fast) from `pc` on, in one page, up to and including the first jump or
/// backward branch; forward branches, which fall through as a rule, lie inside. Enter it only if
/// all of it starts before the limit: then its work is known.
struct Block {
  static constexpr std::uint32_t kMaxInstructions = 64;
  static constexpr std::size_t kMaxSideExits = 4;

  std::uint32_t pc = 0;
  std::uint32_t end_pc = 0;  ///< behind the last instruction
  std::uint32_t target = 0;  ///< of the branch or jump at its end, where that is fixed
  Work work;
  std::vector<Instruction> code;
  std::vector<SideExit> sides;
  std::vector<LineEntry> lines;  ///< empty without an instruction cache
  std::vector<Step> steps;

  Block* next = nullptr;   ///< at end_pc; null: not known yet
  Block* taken = nullptr;  ///< at target; null: not known yet

  /// Entries into the interpreter until the block is worth translating; 0: leave it there.
  std::uint32_t patience = 0;
  const void* host_code = nullptr;  ///< the translation; without one, a way back

  const Instruction& last() const { return code.back(); }
  std::uint32_t pc_of(std::size_t index) const;
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
/// Whatever may be followed by another instruction than the next in memory.
constexpr bool is_transfer(Op op) {
  return op >= Op::kJal && op <= Op::kBgeu;
}
/// A jump that observers hear about: a call or a return.
constexpr bool is_call_or_return(const Instruction& in) {
  return flow_of(in) != Flow::kNone;
}

}  // namespace cairn::hart
