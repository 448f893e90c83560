// The host CPU: a hart in simulated time, on the bus and on three interrupt lines.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <tlm>

#include "models/cpu/cpu_clock.hpp"
#include "models/cpu/cpu_trace.hpp"
#include "models/cpu/hart.hpp"
#include "models/cpu/observer_list.hpp"

namespace cairn {

struct CpuConfig {
  std::uint64_t frequency_hz = 400'000'000;
  /// How far the hart may run ahead of simulated time. Any value gives the same simulation.
  sc_core::sc_time quantum{1, sc_core::SC_MS};
  hart::HartConfig hart;
};

/// Accesses that went past the bus to the direct memory that begins at `base`.
struct DmiAccesses {
  std::uint32_t base = 0;
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;
};

/// Runs the hart ahead of the kernel, but never past its next pending activity, so that no
/// interrupt is late and the quantum changes nothing but the speed. Its one process drains all
/// activity of the present time before it samples the interrupt lines: a simulation may hold
/// only one process that does so.
class Cpu : public sc_core::sc_module, private hart::HartBus {
 public:
  tlm_utils::simple_initiator_socket<Cpu> bus{"bus"};
  sc_core::sc_in<bool> msip{"msip"};
  sc_core::sc_in<bool> mtip{"mtip"};
  sc_core::sc_in<bool> meip{"meip"};

  /// The `time` CSR, asked at the right simulated time. Reads zero without it.
  std::function<std::uint64_t()> mtime;
  /// Called before each bus access, `time` read, sleep and halt, for every region with accesses
  /// since the last call: points of the program, so that the quantum changes nothing.
  std::function<void(const DmiAccesses&)> on_dmi_accesses;
  /// Serves a semihosting call (operation in a0, parameter in a1) at the right simulated time; the
  /// value goes to a0. Without it EBREAK is always a breakpoint exception.
  std::function<std::uint32_t(std::uint32_t operation, std::uint32_t parameter)> on_semihost;
  /// Called once when the hart has stopped for good; sc_stop() without it.
  std::function<void()> on_halt;

  SC_HAS_PROCESS(Cpu);
  Cpu(sc_core::sc_module_name name, const CpuConfig& config);

  /// Starts, or starts again, at `pc`. Before the simulation or from any process; nothing runs
  /// without it.
  void reset(std::uint32_t pc, std::uint32_t a0, std::uint32_t a1);
  /// From the hart's next cycle on.
  void set_frequency(std::uint64_t hz);
  /// Somebody wrote to memory past the hart: forget code decoded there and reservations.
  void invalidate(std::uint32_t addr, std::uint64_t bytes) { hart_.invalidate(addr, bytes); }
  /// `stored` is called right after each store that touches these bytes, in the process of the bus
  /// access. All stores to their pages go over the bus from now on. Before the simulation, once.
  void watch_stores(std::uint32_t addr, std::uint32_t bytes, std::function<void()> stored);
  /// For the waves and the post-mortem; see CpuTrace::symbol.
  void set_symbols(std::function<std::string_view(std::uint32_t)> symbol) {
    trace_.symbol = std::move(symbol);
  }

  // For a debugger. While it holds the CPU, the kernel is paused (sc_pause): time stands still.
  /// Holds before the next instruction, once a requested reset is applied; wakes a sleeping hart
  /// for it. The kernel must run until is_held().
  void hold();
  /// Also true, without hold(), once a breakpoint, watchpoint or step has stopped the hart.
  bool is_held() const { return held_; }
  /// The hart goes on when the kernel does: see hart::Hart::resume.
  void release(bool step);
  /// `observer` hears of what the hart starts in [from, to) of simulated time, and must live as long
  /// as the simulation. The hart runs at full speed while nobody listens. Before the simulation.
  void observe(hart::HartObserver& observer, const sc_core::sc_time& from = sc_core::SC_ZERO_TIME,
               const sc_core::sc_time& to = sc_core::sc_max_time()) {
    observers_.add(observer, from, to);
  }

  bool waiting_for_interrupt() const { return hart_.waiting_for_interrupt(); }
  const hart::Halt& halted_reason() const { return hart_.halt(); }
  std::uint32_t pc() const { return hart_.pc(); }
  std::uint64_t instret() const { return hart_.instret(); }
  std::uint64_t cycles() const { return hart_.cycle(); }
  std::uint64_t frequency_hz() const { return clock_.hz(); }
  /// Registers and CSRs, for a debugger.
  hart::Hart& hart() { return hart_; }

 private:
  struct Start {
    std::uint32_t pc, a0, a1;
  };

  void schedule();
  void apply_reset();
  void drain();
  void sample_interrupts();
  void run_slice();
  void sleep();
  void stay_held();
  /// Waits until the kernel has reached the local time `cycle`.
  void synchronise(std::uint64_t cycle);

  // cpu_port.cpp
  hart::BusAnswer fetch(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) override;
  hart::BusAnswer load(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) override;
  hart::BusAnswer store(std::uint32_t addr, unsigned bytes, std::uint32_t value,
                        std::uint64_t cycle) override;
  hart::BusAnswer time(std::uint64_t cycle) override;
  hart::BusAnswer semihost(std::uint32_t operation, std::uint32_t parameter,
                           std::uint64_t cycle) override;
  hart::BusAnswer transport(tlm::tlm_command command, std::uint32_t addr, std::uint32_t value,
                            unsigned bytes, std::uint64_t cycle);
  void request_direct(tlm::tlm_generic_payload& tx);
  void add_direct(const hart::DirectRegion& region);
  void invalidate_direct(sc_dt::uint64 first, sc_dt::uint64 last);
  void post_accesses();

  /// What watch_stores asked for; no bytes: nothing.
  struct WatchedStores {
    std::uint32_t addr = 0;
    std::uint32_t bytes = 0;
    std::function<void()> stored;

    bool touches(std::uint32_t first, std::uint64_t count) const {
      return bytes != 0 && first < std::uint64_t{addr} + bytes && addr < first + count;
    }
    std::uint32_t first_page() const { return hart::page_of(addr); }
    /// One past the last page.
    std::uint64_t end_page() const {
      return std::uint64_t{hart::page_of(addr + bytes - 1)} + hart::kPageBytes;
    }
  };

  const sc_core::sc_time quantum_;
  CpuClock clock_;
  hart::Hart hart_;
  CpuTrace trace_{clock_};
  WatchedStores watched_;
  ObserverList observers_;
  Start start_{};
  bool running_ = false;  // reset was applied
  bool reset_requested_ = false;
  bool halt_reported_ = false;
  bool asleep_ = false;  // what the waves say
  bool held_ = false;    // by a debugger
  sc_core::sc_event reset_event_;
  sc_core::sc_event hold_event_;
};

}  // namespace cairn
