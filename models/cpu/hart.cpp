#include "models/cpu/hart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cairn::hart {

std::string Halt::text() const {
  switch (reason) {
    case HaltReason::kNone:
      return {};
    case HaltReason::kNoTrapHandler:
      return fmt::format(
          "{} at pc {:#010x} (mtval {:#010x}) and no trap handler: mtvec was never written",
          cause_name(mcause), pc, mtval);
    case HaltReason::kTrapHandlerFaults:
      return fmt::format(
          "{} at the first instruction of the trap handler, pc {:#010x} (mtval {:#010x})",
          cause_name(mcause), pc, mtval);
    case HaltReason::kEndlessTrap:
      return fmt::format("{} at pc {:#010x} (mtval {:#010x}) again and again: no handler returns",
                         cause_name(mcause), pc, mtval);
  }
  return {};
}

Hart::Hart(HartBus& bus, const HartConfig& config)
    : bus_(bus),
      costs_(config.costs),
      extensions_(config.extensions),
      csrs_(config.hart_id, config.extensions.has_float),
      engine_(config.engine),
      instruction_cache_(config.instruction_cache) {
  for (std::uint32_t* cost : {&costs_.alu, &costs_.load, &costs_.store, &costs_.branch_taken,
                              &costs_.branch_not_taken, &costs_.jump, &costs_.mul, &costs_.div,
                              &costs_.csr, &costs_.amo, &costs_.fence, &costs_.fp, &costs_.fp_div})
    *cost = std::max(*cost, 1u);
  if (instruction_cache_.enabled()) line_mask_ = ~(instruction_cache_.line_bytes() - 1) | 1;
  start_engine();
}

void Hart::reset(std::uint32_t pc, std::uint32_t a0, std::uint32_t a1) {
  x_.fill(0);
  x_[10] = a0;
  x_[11] = a1;
  pc_ = pc & ~1u;
  instret_ = 0;
  csrs_.reset(totals(csr::kMcycle));
  close_windows();
  waiting_ = false;
  halt_ = {};
  debug_.end_step();
  trapped_ = false;
  traps_.clear();
  reservation_ = {};
  code_.clear();
  forget_blocks();
  instruction_cache_.flush();
  line_ = 1;
}

Stop Hart::run(std::uint64_t limit_cycle) {
  return debug_.idle() ? run_freely(limit_cycle) : run_debugged(limit_cycle);
}

Stop Hart::run_freely(std::uint64_t limit_cycle) {
  bus_used_ = false;
  const bool reports = observer_ != nullptr && observer_->hears_each();
  while (cycle_ < limit_cycle && !halt_ && !bus_used_) {
    if (csrs_.pending() != 0) {
      waiting_ = false;
      if (csrs_.interrupts_enabled()) {
        const std::uint32_t from = pc_;
        const std::uint64_t cycle_before = cycle_;
        take_interrupt();
        if (reports)
          report_executed(
              {.what = Executed::What::kInterrupted, .pc = from, .in = {}, .cycle = cycle_before},
              instret_);
        continue;
      }
    }
    if (waiting_) return Stop::kWfi;

    Extent extent = Extent::kToLimit;
    if (reports)
      extent = Extent::kOneInstruction;
    else if (engine_ != Engine::kStepwise)
      extent = run_blocks(limit_cycle);
    if (cycle_ >= limit_cycle) break;
    CodeWindow window;
    const std::uint32_t pc_before = pc_;
    const std::uint64_t cycle_before = cycle_;
    const std::uint64_t instret_before = instret_;
    if (!find_code(window)) {
      if (reports && !debug_.stop())  // else nothing has happened
        report_executed({.pc = pc_before, .in = {}, .cycle = cycle_before}, instret_before);
      continue;
    }
    std::optional<Executed> step;
    if (reports) step = about_to_execute(window.slots[(pc_ - window.base) / 2], cycle_before);
    DirectRegion* const region = window.region;
    if (window.single) extent = Extent::kOneInstruction;
    const Instruction* slow = execute(window, limit_cycle, extent);
    count_fetches(region, instret_ - instret_before + (slow != nullptr ? 1 : 0));
    if (slow != nullptr) execute_slow(*slow);
    if (step) report_executed(*step, instret_before);
  }
  if (halt_) return Stop::kHalted;
  return bus_used_ ? Stop::kBusAccess : Stop::kLimit;
}

void Hart::take_interrupt() {
  const std::uint32_t mcause = first_interrupt(csrs_.pending());
  trap(mcause, 0);
}

void Hart::exception(Cause cause, std::uint32_t mtval) {
  const auto mcause = static_cast<std::uint32_t>(cause);
  const bool again = pc_ == csrs_.handler() && csrs_.privilege() == Privilege::kMachine;
  if (again && trapped_ && instret_ == instret_at_trap_) {
    halt_ = {HaltReason::kTrapHandlerFaults, mcause, mtval, pc_};
    return;
  }
  trap(mcause, mtval);
}

void Hart::trap(std::uint32_t mcause, std::uint32_t mtval) {
  if (!csrs_.mtvec_written()) {
    halt_ = {HaltReason::kNoTrapHandler, mcause, mtval, pc_};
    return;
  }
  TrapFrame frame{.mcause = mcause, .mtval = mtval, .pc = pc_, .cycle = cycle_};
  std::copy_n(x_.begin(), frame.x.size(), frame.x.begin());
  if (!traps_.enter(frame)) {
    halt_ = {HaltReason::kEndlessTrap, mcause, mtval, pc_};
    return;
  }
  const std::uint32_t from = pc_;
  change_context([&] { pc_ = csrs_.enter_trap(mcause, mtval, pc_); });
  ++events_[(mcause & kInterruptFlag) != 0 ? Event::kInterrupt : Event::kException];
  cycle_ += costs_.trap;
  trapped_ = true;
  instret_at_trap_ = instret_;
  reservation_.valid = false;
  if (debug_.stepping()) leave();
  if (observer_ != nullptr) observer_->trapped(mcause, mtval, from, pc_, cycle_);
}

void Hart::idle_until(std::uint64_t cycle) {
  if (waiting_ && cycle > cycle_) events_[Event::kWaitCycle] += cycle - cycle_;
  cycle_ = std::max(cycle_, cycle);
}

void Hart::add_region(const DirectRegion& region) {
  regions_.add(region);
  close_windows();
  code_.clear();
  forget_blocks();
}

void Hart::remove_regions(std::uint32_t first, std::uint32_t last) {
  regions_.remove(first, last);
  close_windows();
  code_.clear();
  forget_blocks();
}

void Hart::invalidate(std::uint32_t addr, std::uint64_t bytes) {
  if (code_.invalidate(addr, bytes)) forget_blocks();
  if (std::uint64_t{reservation_.addr} + 4 > addr && reservation_.addr < addr + bytes)
    reservation_.valid = false;
}

std::uint32_t Hart::csr(std::uint32_t number) const {
  return CsrFile::exists(number) ? csrs_.read(number, totals(number)) : 0;
}

}  // namespace cairn::hart
