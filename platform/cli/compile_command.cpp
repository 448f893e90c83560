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
};

int compile_network(const Compilation& c, SessionContext& context) {
  const MachineConfig config = machine_config(parameters_of(c.configuration));
  const compiler::Network network = find_network(c.model);
  const compiler::Job job = compile_for(network, config.npus.front());
  write_file(c.output, job.image);

  std::size_t width = 5;
  for (const compiler::LayerPlan& layer : job.layers)
    width = std::max(width, layer.name.size());
  context.out << fmt::format("{:<{}}  {:>12}  {:>10}  {:>13}  {:>13}\n", "layer", width, "MACs",
                             "cycles", "weights+table", "ring bits");
  for (const compiler::LayerPlan& layer : job.layers)
    context.out << fmt::format("{:<{}}  {:>12}  {:>10}  {:>11} B  {:>13}\n", layer.name, width,
                               layer.macs, layer.cycles, layer.block_bytes, layer.ring_bits);
  context.out << fmt::format("{}: {} bytes, {} layers for core {}\n", c.output.string(),
                             job.image.size(), job.names.size(), config.npus.front().core);
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
