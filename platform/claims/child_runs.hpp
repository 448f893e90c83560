// Runs of the program in child processes: SystemC elaborates once in a process.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "platform/claims/claim_run.hpp"

namespace cairn::platform {

/// Runs each with this same executable, a few at once, in a temporary folder that is removed in the
/// end. `progress` hears how many are done. When `interrupted` becomes true the children are
/// stopped, and what has not ended has exit status kExitInterrupted. Throws InputError if the host
/// gives no folder or no process.
std::vector<RunRecord> perform_in_children(const std::vector<ClaimRun>& runs,
                                           const std::atomic<bool>& interrupted,
                                           const std::function<void(std::size_t done)>& progress);

}  // namespace cairn::platform
