// --config, --set and --core.
#include <algorithm>
#include <string>
#include <vector>

#include "models/npu/mapping.hpp"
#include "platform/cli/commands.hpp"

namespace cairn::platform {

void add_configuration(CLI::App& command, RunOptions& options) {
  std::vector<std::string> cores;
  for (const npu::CoreEntry& core : npu::cores())
    cores.emplace_back(core.name);
  command.add_option("--core", options.core, "Accelerator core of soc.npu0")
      ->check(CLI::IsMember(cores))
      ->type_name("CORE");
  command
      .add_option("--config", options.configs,
                  "Parameters from a TOML file; may be repeated, the later wins")
      ->type_name("FILE.toml")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--set", options.sets,
                  "One parameter, over the files; may be repeated (see: cairn params)")
      ->type_name("key=value")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace cairn::platform
