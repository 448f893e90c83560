// cairn linearity.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "models/kit/input_error.hpp"
#include "models/npu/cores/cap/macro/linearity.hpp"
#include "models/npu/cores/cap/physical.hpp"
#include "platform/cli/commands.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/run/exit_status.hpp"
#include "platform/run/finish.hpp"

namespace cairn::platform {

namespace {

int show_linearity(const RunOptions& options, std::int64_t evaluations, SessionContext& context) {
  check_destinations(options);
  const NpuConfig npu = machine_config(parameters_of(options)).npus.front();
  if (npu.core != "cap")
    throw InputError(
        fmt::format("core '{}' has no converters to measure; --core cap has.", npu.core));
  const npu::cap::MacroInstance macro(npu::cap::non_idealities(npu.geometry), options.seed);
  const npu::cap::Linearity found = npu::cap::measure_linearity(macro, evaluations);
  const nlohmann::ordered_json out{
      {"schema_version", 1},          {"command", "linearity"},
      {"seed", options.seed},         {"evaluations", found.evaluations},
      {"largest_lsb", found.largest}, {"mean_lsb", found.mean},
      {"sigma_lsb", found.sigma}};
  if (!options.json.empty()) write_file(options.json, out.dump(2) + "\n");
  context.out << fmt::format(
      "seed {}: over {} random evaluations at full range the code is at most {:.3f} LSB from the "
      "ideal one;\nmean {:+.4f} LSB, standard deviation {:.3f} LSB, quantisation included\n",
      options.seed, found.evaluations, found.largest, found.mean, found.sigma);
  return kExitOk;
}

}  // namespace

void add_linearity(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "linearity", "Measure how far the converters of one chip of core cap are from ideal ones");
  const auto options = std::make_shared<RunOptions>();
  const auto evaluations = std::make_shared<std::int64_t>(npu::cap::kPublishedSamples);
  options->core = "cap";
  command->add_option("--evaluations", *evaluations, "Random evaluations")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 32).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Which chip")->type_name("S")->capture_default_str();
  command->add_option("--json", options->json, "The same as JSON")->type_name("FILE");
  add_configuration(*command, *options);
  command->footer(
      "Examples:\n"
      "  cairn linearity\n"
      "  cairn linearity --seed 7 --set soc.npu0.cap.capacitor_mismatch=0.03\n"
      "More: docs/cap-macro.md\n");
  command->callback([options, evaluations, &action] {
    action = [options, evaluations](SessionContext& context) {
      return show_linearity(*options, *evaluations, context);
    };
  });
}

}  // namespace cairn::platform
