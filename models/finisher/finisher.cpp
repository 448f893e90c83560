#include "models/finisher/finisher.hpp"

#include "finisher_regs.hpp"

namespace cairn {

using command_register = finisher_regs::finish;

Finisher::Finisher(sc_core::sc_module_name name)
    : Peripheral(name, finisher_regs::kRegisters,
                 {.min_bytes = 2, .max_bytes = 4, .holes_read_zero = true}),
      hook_([](const Finish&) { sc_core::sc_stop(); }) {
  regs.after_write<command_register>([this] { finish(); });
}

void Finisher::finish() {
  switch (regs.get<command_register::command>()) {
    case command_register::kPass:
      return hook_({.kind = Finish::Kind::kPass});
    case command_register::kFail:
      return hook_({.kind = Finish::Kind::kFail,
                    .code = static_cast<std::uint16_t>(regs.get<command_register::code>())});
    case command_register::kReset:
      return hook_({.kind = Finish::Kind::kReset});
    default:
      return;
  }
}

}  // namespace cairn
