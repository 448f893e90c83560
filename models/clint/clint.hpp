// Software interrupt and machine timer of hart 0. Registers: models/clint/clint.toml.
#pragma once

#include <cstdint>

#include "models/kit/irq.hpp"
#include "models/kit/peripheral.hpp"

namespace cairn {

/// The layout of SiFive's CLINT, as on QEMU's virt board. mtime is computed on demand from the
/// simulated time; nothing runs between compare matches. After reset mtimecmp is 0, so the timer
/// interrupt is pending until the guest sets it (as on QEMU).
class Clint : public kit::Peripheral {
 public:
  kit::IrqOut software{"software"};
  kit::IrqOut timer{"timer"};

  SC_HAS_PROCESS(Clint);
  /// `tick` is one count of mtime: 100 ns for the timebase of 10 MHz.
  explicit Clint(sc_core::sc_module_name name,
                 sc_core::sc_time tick = sc_core::sc_time(100, sc_core::SC_NS));

  /// mtime at a hart's local time, which may be ahead of the kernel's.
  [[nodiscard]] std::uint64_t mtime(const sc_core::sc_time& when) const {
    return when.value() / tick_.value() + offset_;
  }
  [[nodiscard]] std::uint64_t mtimecmp() const;

 private:
  void update();  // method and hook: drives the timer interrupt, sleeps until the next match
  void set_mtime(std::uint64_t value);
  std::uint64_t now() const { return mtime(sc_core::sc_time_stamp()); }

  const sc_core::sc_time tick_;
  std::uint64_t offset_ = 0;  ///< mtime at time zero, modulo 2^64
  sc_core::sc_event match_{"match"};
};

}  // namespace cairn
