// The subcommands: each adds itself, with its options, to the command line.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

#include "platform/run/session.hpp"

namespace cairn::platform {

/// What the chosen subcommand does; returns the exit status.
using Action = std::function<int(SessionContext&)>;

void add_run(CLI::App& app, Action& action);
void add_boot(CLI::App& app, Action& action);
void add_compile(CLI::App& app, Action& action);
void add_claims(CLI::App& app, Action& action);
void add_linearity(CLI::App& app, Action& action);
void add_sweep(CLI::App& app, Action& action);
void add_networks(CLI::App& app, Action& action);
void add_cores(CLI::App& app, Action& action);
void add_map(CLI::App& app, Action& action);
void add_registers(CLI::App& app, Action& action);
void add_params(CLI::App& app, Action& action);

/// --config, --set and --core, which every subcommand with a configuration has.
void add_configuration(CLI::App& command, RunOptions& options);

}  // namespace cairn::platform
