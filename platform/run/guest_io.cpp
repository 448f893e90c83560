#include "platform/run/guest_io.hpp"

namespace cairn::platform {

GuestIo::GuestIo(const RunOptions& options, const std::optional<UartOption>& uart,
                 const std::string& program, MachineHooks& hooks, SessionContext& context) {
  if (uart) {
    console_ = make_console(*uart, {context.out, context.err, context.in, context.interrupted});
    hooks.uart = [this](char byte) { console_->transmit(byte); };
    hooks.uart_input = [this] { return console_->receive(); };
    hooks.pollables.push_back(console_.get());
  }
  if (options.semihosting.empty()) return;
  std::string command_line = program;
  if (!options.semihosting_args.empty()) command_line += " " + options.semihosting_args;
  semihosting_.emplace(
      options.semihosting,
      SemihostingWorld{hooks.uart, console_.get(), context.interrupted, std::move(command_line)});
  hooks.semihost = [this](const SemihostCall& call) { return semihosting_->serve(call); };
}

void GuestIo::connect(Machine& machine) {
  if (semihosting_) semihosting_->connect(machine);
}

void GuestIo::finish() {
  if (console_) console_->finish();
}

}  // namespace cairn::platform
