// The blocks of one region of code, found by their first pc.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "models/cpu/hart_block.hpp"
#include "models/cpu/hart_code_cache.hpp"
#include "models/cpu/hart_instruction_cache.hpp"
#include "models/cpu/hart_pmp.hpp"

namespace cairn::hart {

/// Where an indirect jump looks first. Translated code reads this layout.
struct JumpEntry {
  std::uint32_t pc = 1;  ///< odd: empty
  Block* block = nullptr;
};
static_assert(sizeof(JumpEntry) == 16);

class BlockCache {
 public:
  static constexpr std::uint32_t kJumpEntries = 4096;
  using JumpTable = std::array<JumpEntry, kJumpEntries>;

  /// What new blocks are made with.
  struct Making {
    const InstructionCache* cache = nullptr;
    const StepHandlers* handlers = nullptr;
    const void* way_back = nullptr;  ///< host code for a block without a translation
    std::uint32_t patience = 0;
    std::int32_t taken_extra = 0;  ///< cycles of a taken branch over those of one not taken
  };

  /// Blocks of code in `region`, all of it in `executable`, whose data accesses are expected in
  /// `data`.
  BlockCache(DirectRegion* region, const AddressRange& executable, const DirectWindow& data,
             const Making& making)
      : region_(region), executable_(executable), data_(data), making_(making) {}

  /// Null if there is none.
  Block* find(std::uint32_t pc) {
    JumpEntry& entry = jumps_[pc / 2 % kJumpEntries];
    if (entry.pc == pc) return entry.block;
    return find_slowly(pc, entry);
  }
  /// From what is decoded at `pc`, which must be a fast instruction: code that was never executed
  /// is not in it, so that both what the hart saw of a program that changes itself and where a
  /// block ends are the same however the hart was run.
  Block& build(const CodePage& page, std::uint32_t pc);
  /// Sets Block::shorter. False: the block is short itself, or has one already.
  bool build_shorter(const CodePage& page, Block& block) const;

  DirectRegion* region() const { return region_; }
  const AddressRange& executable() const { return executable_; }
  const DirectWindow& data() const { return data_; }
  const JumpTable& jumps() const { return jumps_; }

  /// What the instructions of a block from `first` to before `last` cost.
  Work work_of(const Block& block, std::size_t first, std::size_t last) const;

 private:
  Block* find_slowly(std::uint32_t pc, JumpEntry& entry);
  std::unique_ptr<Block> make(const CodePage& page, std::uint32_t pc, std::size_t most) const;

  // hart_block_trace.cpp: which instructions a block is made of
  void collect(const CodePage& page, Block& block, std::size_t most) const;
  void find_branches(Block& block) const;
  void find_lines(Block& block) const;

  void make_steps(Block& block) const;
  void join_pairs(Block& block) const;

  DirectRegion* region_;
  AddressRange executable_;
  DirectWindow data_;
  Making making_;
  std::unordered_map<std::uint32_t, std::unique_ptr<Block>> blocks_;
  JumpTable jumps_{};
};

}  // namespace cairn::hart
