// The relation between a hart's cycles and simulated time, across changes of frequency.
#pragma once

#include <cstdint>
#include <systemc>

#include "models/kit/clock.hpp"

namespace cairn {

/// Cycle n after a change of frequency is at floor(n * 1e12 / f) ps after it.
class CpuClock {
 public:
  explicit CpuClock(std::uint64_t hz) : clock_(hz) {}

  std::uint64_t hz() const { return clock_.hz(); }

  /// `cycle` must not be before the last change of frequency.
  sc_core::sc_time time_of(std::uint64_t cycle) const {
    return origin_ + clock_.time_of(cycle - origin_cycle_);
  }
  /// The first cycle that does not start before `time`.
  std::uint64_t cycle_at(const sc_core::sc_time& time) const {
    return time <= origin_ ? origin_cycle_ : origin_cycle_ + clock_.cycles_at(time - origin_);
  }
  /// Cycles that an access of this latency takes, rounded up.
  std::uint64_t cycles_in(const sc_core::sc_time& latency) const {
    return clock_.cycles_at(latency);
  }

  /// From the start of `cycle` on, the clock runs at `hz`.
  void change(std::uint64_t hz, std::uint64_t cycle) {
    origin_ = time_of(cycle);
    origin_cycle_ = cycle;
    clock_ = kit::Clock(hz);
  }

 private:
  kit::Clock clock_;
  std::uint64_t origin_cycle_ = 0;
  sc_core::sc_time origin_;
};

}  // namespace cairn
