// cairn compile.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "platform/cli/commands.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/run/exit_status.hpp"
#include "platform/run/workload.hpp"

namespace cairn::platform {

namespace {

struct Compilation {
  RunOptions configuration;
  std::string model;
  std::filesystem::path output;
  bool explain = false;
};

std::size_t widest_name(const compiler::Job& job) {
  std::size_t width = 5;
  for (const compiler::LayerPlan& layer : job.layers)
    width = std::max(width, layer.name.size());
  return width;
}

std::string summary(const compiler::Job& job) {
  const std::size_t width = widest_name(job);
  std::string out = fmt::format("{:<{}}  {:>12}  {:>10}  {:>6}  {:>13}  {:>13}\n", "layer", width,
                                "MACs", "cycles", "tiles", "weights", "features");
  for (const compiler::LayerPlan& l : job.layers)
    out += fmt::format("{:<{}}  {:>12}  {:>10}  {:>6}  {:>11} B  {:>11} B\n", l.name, width, l.macs,
                       l.cycles, l.tiles, l.weight_bytes, (l.peak_feature_bits + 7) / 8);
  return out;
}

/// Why each layer is run as it is.
std::string explanation(const compiler::Job& job) {
  const std::size_t width = widest_name(job);
  std::string out;
  for (const compiler::LayerPlan& l : job.layers) {
    out += fmt::format("{:<{}}  {}: {}\n", l.name, width, l.order, l.reason);
    out += fmt::format(
        "{:<{}}  {} tiles, {} array cycles, {} B of weights and tables from DRAM, {} "
        "feature elements moved, {} B of features alive{}{}\n",
        "", width, l.tiles, l.cycles, l.weight_bytes, l.feature_elements,
        (l.peak_feature_bits + 7) / 8, l.group.empty() ? "" : "; ", l.group);
  }
  return out;
}

int compile_network(const Compilation& c, SessionContext& context) {
  const MachineConfig config = machine_config(parameters_of(c.configuration));
  const compiler::Network network = find_network(c.model);
  const compiler::Job job = compile_for(network, c.configuration.schedule, config);
  write_file(c.output, job.image);
  context.out << (c.explain ? explanation(job) : summary(job));
  if (job.cells_available != 0)
    context.out << fmt::format(
        "{} of {} cells used ({:.1f}%), loaded once\n", job.cells_used, job.cells_available,
        100.0 * static_cast<double>(job.cells_used) / static_cast<double>(job.cells_available));
  context.out << fmt::format("{}: {} bytes, {} layers for core {}, schedule {}\n",
                             c.output.string(), job.image.size(), job.names.size(),
                             config.npus.front().core, job.schedule);
  for (const std::string& note : network.notes)
    context.out << fmt::format("note: {}\n", note);
  return kExitOk;
}

}  // namespace

void add_compile(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("compile", "Compile a model to a job for one core, without running it");
  const auto c = std::make_shared<Compilation>();
  command->add_option("MODEL", c->model, "Model file (.onnx) or name of a shipped network")
      ->required()
      ->type_name("");
  command->add_option("-o,--output", c->output, "The job image to write")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "--schedule", c->configuration.schedule,
          "How the core keeps and moves features (`cairn cores` lists them); without it the "
          "core's first")
      ->type_name("NAME");
  command->add_flag("--explain", c->explain, "Say for each layer how it is run and why");
  add_configuration(*command, c->configuration);
  command->footer(
      "Examples:\n"
      "  cairn compile model.onnx --core ms -o model.job\n"
      "  cairn run model.job --input images.npy\n");
  command->callback([c, &action] {
    action = [c](SessionContext& context) { return compile_network(*c, context); };
  });
}

}  // namespace cairn::platform
