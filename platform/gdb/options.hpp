// --gdb: where the debugger finds the simulation.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::platform::gdb {

struct Options {
  std::uint16_t port = 1234;  ///< on 127.0.0.1; 0: any that is free
  bool wait = false;          ///< nothing is executed before a debugger says so
};

/// PORT, PORT,wait or wait, which is port 1234. Throws InputError.
Options parse_options(const std::string& text);

}  // namespace cairn::platform::gdb
