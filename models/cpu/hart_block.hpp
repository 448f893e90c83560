// A trace of guest code, as both fast engines see it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/cpu/hart_step.hpp"

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
  std::int64_t cycles = 0;
  Tally tally;
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
  static constexpr std::size_t kMaxBranches = 16;

  std::uint32_t pc = 0;
  std::uint32_t end_pc = 0;  ///< behind the last instruction
  std::uint32_t target = 0;  ///< of the branch or jump at its end, where that is fixed
  Work work;                 ///< paid for on the way in
  std::int64_t need = 0;     ///< cycles: work, and what skips may cost more than they save
  std::vector<Instruction> code;
  std::vector<std::uint32_t> pcs;  ///< of each
  std::vector<SideExit> sides;     ///< in the order of their branches
  std::vector<Skip> skips;         ///< likewise
  std::vector<LineEntry> lines;    ///< empty without an instruction cache
  std::vector<Step> steps;

  Block* next = nullptr;   ///< at end_pc; null: not known yet
  Block* taken = nullptr;  ///< at target; null: not known yet
  /// Begins likewise, for the end of a slice; null: not needed yet, or it is short itself.
  std::unique_ptr<Block> shorter;

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

/// Lane of the data access that `op` makes, a load or a store.
constexpr unsigned tally_lane(Op op) {
  const unsigned size = static_cast<unsigned>(std::bit_width(width_of(op))) - 1;
  return (is_load(op) ? Tally::kReads : Tally::kWrites) + size;
}

}  // namespace cairn::hart
