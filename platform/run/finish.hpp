// The end of a run: files, table, messages, exit status.
#pragma once

#include "platform/run/options.hpp"
#include "platform/run/result.hpp"
#include "platform/run/session.hpp"

namespace cairn::platform {

/// Finds out before the simulation that a file could not be written after it. Throws InputError.
void check_destinations(const RunOptions& options);

/// Writes --outputs and --json, prints table and messages. Returns the exit status.
int finish(const RunOptions& options, const Result& result, SessionContext& context);

}  // namespace cairn::platform
