// One resource that serves one request after the other, without a process.
#pragma once

#include <systemc>

namespace cairn::kit {

/// Contention by reservation: each request takes the resource from the later of its own time and
/// the resource's next free time. Requests are served in the order of the calls.
class Reservation {
 public:
  /// Takes the resource for `duration`, wanted from `at` on. Returns when the service starts.
  sc_core::sc_time reserve(const sc_core::sc_time& at, const sc_core::sc_time& duration) {
    const sc_core::sc_time start = at < next_free_ ? next_free_ : at;
    next_free_ = start + duration;
    return start;
  }

  const sc_core::sc_time& next_free() const { return next_free_; }

 private:
  sc_core::sc_time next_free_;
};

}  // namespace cairn::kit
