// Breakpoints, watchpoints and single steps of one hart.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cpu/hart_regions.hpp"

namespace cairn::hart {

enum class WatchKind { kRead, kWrite, kAccess };

/// Stops the hart after an instruction that loads from or stores to one of these bytes.
struct Watchpoint {
  std::uint32_t addr = 0;
  std::uint32_t bytes = 0;
  WatchKind kind = WatchKind::kWrite;

  bool operator==(const Watchpoint&) const = default;
};

enum class DebugReason {
  kNone,
  kBreakpoint,  ///< before the instruction at pc
  kWatchpoint,  ///< after an access to watched bytes
  kStep,        ///< after one instruction, or at the first instruction of a trap handler
  kRequest,     ///< the debugger asked
};

/// Why the hart stands still for a debugger.
struct DebugStop {
  DebugReason reason = DebugReason::kNone;
  WatchKind watch = WatchKind::kWrite;  ///< kWatchpoint only: the kind of the one that was hit
  std::uint32_t addr = 0;               ///< kWatchpoint only: the first watched byte accessed

  explicit operator bool() const { return reason != DebugReason::kNone; }
};

/// What a debugger asked of a hart. Knows nothing of decoded code and windows: Hart keeps both in
/// step with it, so that what is not hit costs nothing.
class DebugState {
 public:
  /// Nothing is asked for: run() need not look at anything here.
  bool idle() const { return breakpoints_.empty() && watchpoints_.empty() && !stop_ && !stepping_; }

  void add_breakpoint(std::uint32_t addr);
  void remove_breakpoint(std::uint32_t addr);
  bool has_breakpoint(std::uint32_t pc) const;

  void add_watchpoint(const Watchpoint& watchpoint) { watchpoints_.push_back(watchpoint); }
  void remove_watchpoint(const Watchpoint& watchpoint);
  /// Cuts the window down to the unwatched bytes around an access; false: it is itself watched.
  bool restrict_window(DirectWindow& window, std::uint32_t addr, unsigned bytes,
                       AccessKind kind) const;
  /// The first address above `addr` at which watched bytes begin or end; 2^32 if there is none.
  std::uint64_t next_boundary(std::uint32_t addr) const;
  /// These bytes were accessed; true if that hit a watchpoint, now the reason to stop.
  bool accessed(std::uint32_t addr, unsigned bytes, AccessKind kind);

  const DebugStop& stop() const { return stop_; }
  /// The first reason stays until the hart is resumed.
  void stop_for(const DebugStop& stop);

  /// The hart goes on at `pc`, over a breakpoint there; `step`: for one instruction.
  void resume(std::uint32_t pc, std::uint64_t instret, bool step);
  /// Whether this is the first instruction after resume(), which no breakpoint stops.
  bool passes(std::uint32_t pc, std::uint64_t instret) const {
    return pc == resumed_pc_ && instret == resumed_instret_;
  }
  bool stepping() const { return stepping_; }
  void end_step() { stepping_ = false; }

 private:
  std::vector<std::uint32_t> breakpoints_;
  std::vector<Watchpoint> watchpoints_;
  DebugStop stop_;
  bool stepping_ = false;
  std::uint32_t resumed_pc_ = 1;  // odd: never resumed
  std::uint64_t resumed_instret_ = 0;
};

}  // namespace cairn::hart
