// cairn sweep.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "models/kit/input_error.hpp"
#include "platform/cli/commands.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/run/exit_status.hpp"
#include "platform/run/finish.hpp"
#include "platform/run/terminal.hpp"
#include "platform/sweep/sweep.hpp"

namespace cairn::platform {

namespace {

struct Parsed {
  RunOptions options;
  std::vector<std::string> over, measures;
  std::uint32_t count = 0, seeds = 1;
  std::filesystem::path csv, plot;
  bool checked = false;
};

void append(RunArguments& arguments, const char* option, const std::string& value) {
  if (value.empty()) return;
  arguments.emplace_back(option);
  arguments.push_back(value);
}

Sweep sweep_of(const Parsed& parsed) {
  const RunOptions& o = parsed.options;
  Sweep sweep{.run = {"run", o.network},
              .axes = {},
              .first_seed = o.seed,
              .seeds = parsed.seeds,
              .measures = parsed.measures};
  if (sweep.measures.empty()) sweep.measures = {"accuracy", "inference_seconds", "power_w"};
  for (const std::string& text : parsed.over)
    sweep.axes.push_back(parse_axis(text));
  append(sweep.run, "--count", parsed.count == 0 ? "" : std::to_string(parsed.count));
  append(sweep.run, "--core", o.core);
  append(sweep.run, "--mode", o.mode);
  append(sweep.run, "--schedule", o.schedule);
  append(sweep.run, "--input", o.input.string());
  append(sweep.run, "--labels", o.labels.string());
  append(sweep.run, "--firmware", o.firmware.string());
  for (const std::filesystem::path& config : o.configs)
    append(sweep.run, "--config", config.string());
  for (const std::string& set : o.sets)
    append(sweep.run, "--set", set);
  if (!parsed.checked) sweep.run.emplace_back("--no-check");
  return sweep;
}

/// Before anything is run: files that could not be written, keys and values that are not there.
void check(const Parsed& parsed, const Sweep& sweep) {
  for (const std::filesystem::path& file : {parsed.csv, parsed.plot}) {
    RunOptions destination;
    destination.json = file;
    check_destinations(destination);
  }
  RunOptions with_first = parsed.options;
  for (const SweepAxis& axis : sweep.axes)
    with_first.sets.push_back(axis.key + "=" + axis.values.front());
  parameters_of(with_first);
}

int show_sweep(const Parsed& parsed, SessionContext& context) {
  const Sweep sweep = sweep_of(parsed);
  check(parsed, sweep);
  const std::vector<SweepPoint> points = points_of(sweep);
  std::vector<RunArguments> runs;
  for (const SweepPoint& point : points)
    runs.push_back(arguments_of(sweep, point));
  Terminal terminal(context.err, context.err_is_terminal);
  const std::vector<RunRecord> records = perform_in_children(
      runs, context.interrupted,
      [&](std::size_t done) { terminal.progress("sweep: runs", done, runs.size()); });
  terminal.finish();
  std::vector<SweepRow> rows;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (records[i].exit_status != kExitInterrupted)
      rows.push_back(row_of(sweep, points[i], records[i]));
  if (!parsed.csv.empty()) write_file(parsed.csv, csv_of(sweep, rows));
  if (context.interrupted) return kExitInterrupted;
  if (!parsed.plot.empty()) write_file(parsed.plot, svg_of(sweep, rows, parsed.options.network));
  context.out << table_of(sweep, rows) << std::flush;
  // A value that is refused is a finding; if nothing ran, the sweep itself was wrong.
  const bool any_ran = std::ranges::any_of(rows, [](const SweepRow& row) {
    return row.exit_status == kExitOk || row.exit_status == kExitFirmwareFailed;
  });
  return any_ran ? kExitOk : rows.front().exit_status;
}

}  // namespace

void add_sweep(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "sweep", "Run a network at many values of parameters: accuracy curves as CSV and plot");
  const auto parsed = std::make_shared<Parsed>();
  RunOptions& o = parsed->options;
  command->add_option("NETWORK", o.network, "As for cairn run")->required()->type_name("");
  command
      ->add_option("--over", parsed->over,
                   "A parameter and its values; a second one gives a line of the plot for each of "
                   "its values")
      ->required()
      ->type_name("key=4,5,6|key=FROM:TO:STEP")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--measure", parsed->measures,
                   "A number of the JSON report, such as accuracy or totals.cycles; may be "
                   "repeated, the first one is plotted (default: accuracy, inference_seconds, "
                   "power_w)")
      ->type_name("KEY")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--csv", parsed->csv, "One line a run")->type_name("FILE.csv");
  command
      ->add_option("--plot", parsed->plot,
                   "Line plot of the first measure over the first parameter")
      ->type_name("FILE.svg");
  command->add_option("--seeds", parsed->seeds, "Runs at each point, with seeds S, S+1...")
      ->check(CLI::Range(1u, 10'000u).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seed", o.seed, "The first seed")->type_name("S")->capture_default_str();
  command->add_option("--count", parsed->count, "Inputs of each run")
      ->check(CLI::Range(1u, UINT32_MAX).description(""))
      ->type_name("N");
  command->add_option("--mode", o.mode, "Arithmetic of the core")
      ->type_name("MODE")
      ->capture_default_str();
  command->add_option("--schedule", o.schedule, "As for cairn run")->type_name("NAME");
  command->add_option("--input", o.input, "As for cairn run")->type_name("FILE");
  command->add_option("--labels", o.labels, "As for cairn run")->type_name("FILE");
  command->add_option("--firmware", o.firmware, "As for cairn run")->type_name("FILE.elf");
  command->add_flag("--check", parsed->checked, "Compare the outputs with the reference, too");
  add_configuration(*command, o);
  command->footer(
      "Every run is a process of its own; as many at once as there are processors, at most 4.\n\n"
      "Examples:\n"
      "  cairn sweep fashion --over soc.dram.bytes_per_second=1G,2G,4G,8G --count 10 "
      "--measure inference_seconds --csv dram.csv --plot dram.svg\n"
      "  cairn sweep resnet50 --over soc.npu0.features.bytes=96Ki,120Ki,256Ki --measure "
      "totals.dram_bytes\n");
  command->callback([parsed, &action] {
    action = [parsed](SessionContext& context) { return show_sweep(*parsed, context); };
  });
}

}  // namespace cairn::platform
