// A run of blocks under way: what the block interpreter, translated code and the hart share.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/cpu/hart_block.hpp"

namespace cairn::hart {

/// Why a run of blocks ended. Always with everything before `pc` done and nothing behind it.
enum class Leave : std::uint32_t {
  kBudget,       ///< the block at pc does not fit into what is left
  kUnknown,      ///< there is no block at pc, or one that is due for translation
  kInstruction,  ///< the instruction at pc needs the stepwise engine
};

/// The longest run of blocks: its tally has 32 bits a lane. A block that needs more is never
/// entered.
inline constexpr std::int64_t kMaxRunCycles = 1 << 30;

struct BlockRun {
  std::int64_t left = 0;  ///< cycles to the limit, with all of the present block paid for
  Tally tally;            ///< since the run began, with all of the present block
  std::uint32_t pc = 0;   ///< where it ended
  Leave leave = Leave::kUnknown;
};

/// What a run of blocks asks of the hart on its way out.
class BlockExits {
 public:
  /// Makes the access of an instruction that misses the data window of its block in other direct
  /// memory, with its own latency and counts. False: the run ends here, see `run`.
  virtual bool access_elsewhere(const Block& block, unsigned index, BlockRun& run) = 0;
  /// Ends the run before an instruction: gives back what it and the rest would have cost.
  virtual void leave_before(const Block& block, std::size_t index, BlockRun& run) const = 0;

 protected:
  ~BlockExits() = default;
};

}  // namespace cairn::hart
