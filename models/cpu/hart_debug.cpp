#include "models/cpu/hart_debug.hpp"

#include <algorithm>

#include "models/cpu/hart.hpp"

namespace cairn::hart {
namespace {

bool applies(WatchKind watched, AccessKind access) {
  return watched == WatchKind::kAccess ||
         (watched == WatchKind::kWrite) == (access == AccessKind::kWrite);
}

std::uint64_t end_of(const Watchpoint& w) {
  return std::uint64_t{w.addr} + w.bytes;
}

bool overlaps(const Watchpoint& w, std::uint32_t addr, unsigned bytes) {
  return w.addr < std::uint64_t{addr} + bytes && addr < end_of(w);
}

}  // namespace

void DebugState::add_breakpoint(std::uint32_t addr) {
  if (std::ranges::find(breakpoints_, addr) == breakpoints_.end()) breakpoints_.push_back(addr);
}

void DebugState::remove_breakpoint(std::uint32_t addr) {
  std::erase(breakpoints_, addr);
}

bool DebugState::has_breakpoint(std::uint32_t pc) const {
  return std::ranges::find(breakpoints_, pc) != breakpoints_.end();
}

void DebugState::remove_watchpoint(const Watchpoint& watchpoint) {
  const auto found = std::ranges::find(watchpoints_, watchpoint);
  if (found != watchpoints_.end()) watchpoints_.erase(found);
}

bool DebugState::restrict_window(DirectWindow& window, std::uint32_t addr, unsigned bytes,
                                 AccessKind kind) const {
  std::uint64_t first = window.base;
  std::uint64_t end = window.base + window.bytes;
  for (const Watchpoint& w : watchpoints_) {
    if (!applies(w.kind, kind)) continue;
    if (overlaps(w, addr, bytes)) return false;
    if (end_of(w) <= addr)
      first = std::max(first, end_of(w));
    else
      end = std::min<std::uint64_t>(end, w.addr);
  }
  window.host += first - window.base;
  window.base = static_cast<std::uint32_t>(first);
  window.bytes = end - first;
  return true;
}

std::uint64_t DebugState::next_boundary(std::uint32_t addr) const {
  std::uint64_t next = std::uint64_t{1} << 32;
  for (const Watchpoint& w : watchpoints_)
    for (const std::uint64_t boundary : {std::uint64_t{w.addr}, end_of(w)})
      if (boundary > addr) next = std::min(next, boundary);
  return next;
}

bool DebugState::accessed(std::uint32_t addr, unsigned bytes, AccessKind kind) {
  const auto hit = std::ranges::find_if(watchpoints_, [&](const Watchpoint& w) {
    return applies(w.kind, kind) && overlaps(w, addr, bytes);
  });
  if (hit == watchpoints_.end()) return false;
  stop_for({DebugReason::kWatchpoint, hit->kind, std::max(addr, hit->addr)});
  return true;
}

void DebugState::stop_for(const DebugStop& stop) {
  if (!stop_) stop_ = stop;
}

void DebugState::resume(std::uint32_t pc, std::uint64_t instret, bool step) {
  stop_ = {};
  stepping_ = step;
  resumed_pc_ = pc;
  resumed_instret_ = instret;
}

void Hart::set_breakpoint(std::uint32_t addr) {
  debug_.add_breakpoint(addr);
  invalidate(addr, 2);
}

void Hart::clear_breakpoint(std::uint32_t addr) {
  debug_.remove_breakpoint(addr);
  invalidate(addr, 2);
}

void Hart::set_watchpoint(const Watchpoint& watchpoint) {
  debug_.add_watchpoint(watchpoint);
  close_windows();
}

void Hart::clear_watchpoint(const Watchpoint& watchpoint) {
  debug_.remove_watchpoint(watchpoint);
  close_windows();
}

void Hart::resume(bool step) {
  debug_.resume(pc_, instret_, step);
}

/// run() with breakpoints, watchpoints or a step.
Stop Hart::run_debugged(std::uint64_t limit_cycle) {
  if (debug_.stop()) return Stop::kDebug;
  const bool stepping = debug_.stepping();
  const std::uint64_t instret_before = instret_;
  const Stop stop = run_freely(stepping ? std::min(limit_cycle, cycle_ + 1) : limit_cycle);
  if (stop == Stop::kHalted) return stop;
  if (stepping && (instret_ != instret_before || bus_used_)) {
    debug_.end_step();
    debug_.stop_for({.reason = DebugReason::kStep});
  }
  return debug_.stop() ? Stop::kDebug : stop;
}

/// False, and run() comes back, if a breakpoint keeps the instruction at pc from being started.
bool Hart::passes_breakpoint() {
  if (debug_.passes(pc_, instret_)) return true;
  debug_.stop_for({.reason = DebugReason::kBreakpoint});
  leave();
  return false;
}

void Hart::accessed(std::uint32_t addr, unsigned bytes, AccessKind kind) {
  if (debug_.accessed(addr, bytes, kind)) leave();
}

void Hart::set_pc(std::uint32_t pc) {
  if (pc != pc_) waiting_ = false;
  pc_ = pc & ~1u;
}

void Hart::set_csr(std::uint32_t number, std::uint32_t value) {
  if (!CsrFile::exists(number) || CsrFile::is_read_only(number)) return;
  write_csr(number, value);
}

}  // namespace cairn::hart
