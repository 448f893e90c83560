// Where the serial port goes: the value of --uart.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace cairn::platform {

struct UartOption {
  enum class Kind : std::uint8_t {
    kStdio,  ///< this program's input and output
    kPty,    ///< a new pseudo-terminal
    kTcp,    ///< clients of a port on 127.0.0.1
    kFile,
    kNone,  ///< nothing is received, what is sent is dropped
  };

  Kind kind = Kind::kStdio;
  std::uint16_t port = 0;  ///< kTcp; 0: the system chooses
  bool wait = false;       ///< kTcp: the run starts with the first client
  std::filesystem::path out{};
  std::filesystem::path in{};  ///< empty: nothing is received
};

/// stdio, pty, tcp:PORT[,wait], file:OUT[,IN], none. Throws InputError.
UartOption parse_uart_option(const std::string& text);

}  // namespace cairn::platform
