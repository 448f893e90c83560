// Runs of the program in child processes: SystemC elaborates once in a process.
#pragma once

#include <nlohmann/json.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace cairn::platform {

/// What one run left behind.
struct RunRecord {
  int exit_status = 0;
  std::string message;    ///< last line of its standard error, without the program's name
  nlohmann::json report;  ///< its --json; null if it wrote none
  std::string outputs;    ///< the bytes of its --outputs
};

/// A run's command line, after the program's name and up to where the results go: "run",
/// "fashion"...
using RunArguments = std::vector<std::string>;

/// Runs each with this same executable, a few at once, in a temporary folder that is removed in the
/// end. `progress` hears how many are done. When `interrupted` becomes true the children are
/// stopped, and what has not ended has exit status kExitInterrupted. Throws InputError if the host
/// gives no folder or no process.
std::vector<RunRecord> perform_in_children(const std::vector<RunArguments>& runs,
                                           const std::atomic<bool>& interrupted,
                                           const std::function<void(std::size_t done)>& progress);

}  // namespace cairn::platform
