// An interrupt output that any process may set.
#pragma once

#include <systemc>

#include "models/kit/trace.hpp"

namespace cairn::kit {

/// Register hooks run in the bus master's process, models run in their own; a
/// plain sc_out written from both is an E115 error. Here one method drives the pin.
class IrqOut : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> pin{"pin"};

  SC_HAS_PROCESS(IrqOut);
  explicit IrqOut(sc_core::sc_module_name name) : sc_module(name) {
    level_trace_.set(false);
    SC_METHOD(drive);
    sensitive << changed_;
  }

  /// The pin follows two delta cycles later. Cheap if the level is the same.
  void set(bool level) {
    if (level == level_) return;
    level_ = level;
    level_trace_.set(level);
    changed_.notify(sc_core::SC_ZERO_TIME);
  }

  [[nodiscard]] bool level() const { return level_; }

 private:
  void drive() { pin.write(level_); }

  bool level_ = false;
  sc_core::sc_event changed_{"changed"};
  trace::Bit level_trace_{"level", {.group = "Interrupts"}};
};

}  // namespace cairn::kit
