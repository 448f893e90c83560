// cairn claims.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "models/kit/input_error.hpp"
#include "platform/children/child_runs.hpp"
#include "platform/claims/claims_report.hpp"
#include "platform/cli/commands.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/run/exit_status.hpp"
#include "platform/run/finish.hpp"
#include "platform/run/terminal.hpp"

namespace cairn::platform {

namespace {

/// The user's parameters come first: what a claim sets is part of it.
void configure(CoreClaims& claims, const RunOptions& options) {
  for (Claim& claim : claims.claims)
    for (ClaimRun& run : claim.runs) {
      for (const std::filesystem::path& file : options.configs)
        run.configs.push_back(file.string());
      run.sets.insert(run.sets.begin(), options.sets.begin(), options.sets.end());
      if (!options.core.empty()) run.core = options.core;
    }
}

int show_claims(const RunOptions& options, SessionContext& context) {
  check_destinations(options);
  const NpuConfig npu = machine_config(parameters_of(options)).npus.front();
  std::optional<CoreClaims> claims = find_claims(npu.core);
  if (!claims) throw InputError(fmt::format("core '{}' has no claims.", npu.core));
  configure(*claims, options);
  Terminal terminal(context.err, context.err_is_terminal);
  const MeasuredClaims measured = measure(*claims, [&](const std::vector<ClaimRun>& runs) {
    std::vector<RunArguments> arguments;
    for (const ClaimRun& run : runs)
      arguments.push_back(run.arguments());
    return perform_in_children(arguments, context.interrupted, [&](std::size_t done) {
      terminal.progress("claims: runs", done, runs.size());
    });
  });
  terminal.finish();
  if (context.interrupted) return kExitInterrupted;
  context.out << claims_text(measured, npu.geometry) << std::flush;
  if (!options.json.empty()) write_file(options.json, claims_json(measured, npu.geometry));
  return measured.exit_status();
}

}  // namespace

void add_claims(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "claims", "Measure every published number of a core: paper, simulated, difference");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("--json", options->json, "The same as JSON, with the report of every run")
      ->type_name("FILE");
  add_configuration(*command, *options);
  command->footer(
      "Each number comes from runs of this program, which are listed below the table.\n\n"
      "Examples:\n"
      "  cairn claims\n"
      "  cairn claims --json claims.json\n"
      "  cairn claims --set soc.npu0.ms.line_buffer_bytes=8192     what another assumption "
      "changes\n"
      "More: docs/claims.md\n");
  command->callback([options, &action] {
    action = [options](SessionContext& context) { return show_claims(*options, context); };
  });
}

}  // namespace cairn::platform
