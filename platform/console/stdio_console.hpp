// The serial port on this program's standard input and output.
#pragma once

#include <deque>
#include <optional>

#include "platform/console/console.hpp"
#include "platform/console/escape_keys.hpp"
#include "platform/console/file_input.hpp"
#include "platform/console/raw_terminal.hpp"

namespace cairn::platform {

/// A terminal is in raw mode during the run; Ctrl-a is its escape key. From a pipe bytes are taken
/// as they come, from a file in simulated time alone. At the end of the input the run goes on.
class StdioConsole : public Console {
 public:
  explicit StdioConsole(const ConsoleContext& context);

  void transmit(char byte) override;
  std::optional<std::uint8_t> receive() override;
  void finish() override;
  void poll() override;
  bool is_open() const override { return in_ >= 0; }
  int descriptor() const override;
  bool wants_end() const override { return wants_end_; }

 private:
  void take(std::uint8_t byte);
  bool has_room() const;

  std::ostream& out_;
  std::ostream& err_;
  int in_;  // a terminal or a pipe that has not ended, else -1
  std::optional<RawTerminal> raw_;
  std::optional<FileInput> file_;
  EscapeKeys keys_;
  std::deque<std::uint8_t> received_;
  bool wants_end_ = false;
  bool has_unflushed_ = false;
};

}  // namespace cairn::platform
