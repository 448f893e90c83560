#include "models/cpu/cpu.hpp"

#include <algorithm>

namespace cairn {

using sc_core::sc_time;

Cpu::Cpu(sc_core::sc_module_name name, const CpuConfig& config)
    : sc_module(name),
      quantum_(std::max(config.quantum, sc_core::sc_get_time_resolution())),
      clock_(config.frequency_hz),
      hart_(*this, config.hart) {
  bus.register_invalidate_direct_mem_ptr(this, &Cpu::invalidate_direct);
  SC_THREAD(schedule);
  set_stack_size(1 << 20);
}

void Cpu::reset(std::uint32_t pc, std::uint32_t a0, std::uint32_t a1) {
  start_ = {pc, a0, a1};
  reset_requested_ = true;
  reset_event_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::set_frequency(std::uint64_t hz) {
  const std::uint64_t next = clock_.cycle_at(sc_core::sc_time_stamp());
  clock_.change(hz, std::max(next, hart_.cycle()));
  invalidate_direct(0, ~sc_dt::uint64{0});  // latencies in cycles have changed
}

void Cpu::schedule() {
  for (;;) {
    synchronise(hart_.cycle());
    drain();
    if (reset_requested_) apply_reset();
    sample_interrupts();
    if (hart_.debug_stop())
      stay_held();
    else if (running_ && !hart_.halt() && !hart_.waiting_for_interrupt())
      run_slice();
    else
      sleep();
  }
}

void Cpu::drain() {
  while (sc_core::sc_pending_activity_at_current_time())
    wait(sc_core::SC_ZERO_TIME);
}

void Cpu::sample_interrupts() {
  hart_.set_interrupt_lines((msip.read() ? hart::kSoftwareInterrupt : 0) |
                            (mtip.read() ? hart::kTimerInterrupt : 0) |
                            (meip.read() ? hart::kExternalInterrupt : 0));
}

void Cpu::apply_reset() {
  reset_requested_ = false;
  halt_reported_ = false;
  running_ = true;
  hart_.reset(start_.pc, start_.a0, start_.a1);
  trace_.entered(CpuState::kRun, hart_.cycle());
  trace_.called(start_.pc, hart_.cycle());
}

void Cpu::run_slice() {
  if (asleep_) trace_.entered(CpuState::kRun, hart_.cycle());
  asleep_ = false;
  const sc_time now = sc_core::sc_time_stamp();
  hart_.set_observer(observers_.select(now, trace_.on() ? &trace_ : nullptr));
  const sc_time slice = std::min(
      {quantum_, sc_core::sc_time_to_pending_activity(), observers_.next_change(now) - now});
  const hart::Stop stop = hart_.run(clock_.cycle_at(now + slice));
  if (stop == hart::Stop::kHalted) {
    trace_.reached(hart_.halt().pc, hart_.cycle());
    trace_.entered(CpuState::kHalted, hart_.cycle());
  }
}

/// Until an interrupt line changes, a reset comes or a debugger asks.
void Cpu::sleep() {
  if (hart_.halt() && !halt_reported_) {
    halt_reported_ = true;
    post_accesses();
    if (on_halt)
      on_halt();
    else
      sc_core::sc_stop();
  }
  if (running_ && !hart_.halt()) {
    if (!asleep_) {
      asleep_ = true;
      post_accesses();
      trace_.reached(hart_.pc(), hart_.cycle());
      trace_.entered(CpuState::kWfi, hart_.cycle());
    }
    wait(msip.value_changed_event() | mtip.value_changed_event() | meip.value_changed_event() |
         reset_event_ | hold_event_);
  } else {
    wait(reset_event_ | hold_event_);
  }
  hart_.idle_until(clock_.cycle_at(sc_core::sc_time_stamp()));
}

void Cpu::hold() {
  hart_.request_debug_stop();
  hold_event_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::release(bool step) {
  held_ = false;
  hart_.resume(step);
}

void Cpu::stay_held() {
  held_ = true;
  while (held_) {
    sc_core::sc_pause();
    wait(sc_core::SC_ZERO_TIME);
  }
}

void Cpu::synchronise(std::uint64_t cycle) {
  const sc_time local = clock_.time_of(cycle);
  const sc_time now = sc_core::sc_time_stamp();
  if (local > now) wait(local - now);
}

}  // namespace cairn
