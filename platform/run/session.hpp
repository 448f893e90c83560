// One run from options to result.
#pragma once

#include <atomic>
#include <chrono>
#include <ostream>

#include "platform/machine.hpp"
#include "platform/params/parameters.hpp"
#include "platform/run/options.hpp"

namespace cairn::platform {

/// What a run shares with the program around it.
struct SessionContext {
  std::ostream& out;  ///< the table; `boot`: the serial port
  std::ostream& err;  ///< progress, messages; `run`: the serial port
  bool err_is_terminal = false;
  MachineFactory make_machine;
  const std::atomic<bool>& interrupted;
  std::chrono::steady_clock::time_point process_start;
  int in = -1;  ///< descriptor of the standard input, for the serial port; -1: none
};

/// Parameters of the options: configuration files, then --set, then --core.
Parameters parameters_of(const RunOptions& options);

/// `cairn run`: returns the exit status. Throws InputError before anything is simulated or written.
int run_network(const RunOptions& options, SessionContext& context);

/// `cairn boot`: returns the exit status. Throws InputError before anything is simulated or
/// written.
int boot_program(const RunOptions& options, SessionContext& context);

}  // namespace cairn::platform
