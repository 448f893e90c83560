// The far end of the serial line: where bytes sent by the program go and where its input comes
// from.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>

#include "platform/console/uart_option.hpp"
#include "platform/pollable.hpp"

namespace cairn::platform {

/// Bytes from outside come at poll(); those of a file are there from the start, so that a run with
/// them is reproducible.
class Console : public Pollable {
 public:
  /// A byte sent by the program. May block while a connected client takes nothing.
  virtual void transmit(char byte) = 0;
  /// The next byte for the program, if there is one.
  virtual std::optional<std::uint8_t> receive() = 0;
  /// After the run: what was sent leaves this process. Throws InputError if it cannot be written.
  virtual void finish() = 0;
};

/// What a console may use of the program around it.
struct ConsoleContext {
  std::ostream& out;  ///< standard output
  std::ostream& err;  ///< for messages to the user
  int in = -1;        ///< descriptor of the standard input; -1: none
  const std::atomic<bool>& interrupted;
};

/// Opens what the option names; with `wait`, returns once a client is there or the user interrupts.
/// Throws InputError.
std::unique_ptr<Console> make_console(const UartOption& option, const ConsoleContext& context);

}  // namespace cairn::platform
