// cairn networks, cores, map and params: what there is.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "models/npu/mapping.hpp"
#include "platform/cli/commands.hpp"
#include "platform/map/address_map.hpp"
#include "platform/networks/shipped.hpp"
#include "platform/run/exit_status.hpp"

namespace cairn::platform {

namespace {

int list_networks(std::ostream& out) {
  const std::vector<ShippedNetwork> networks = shipped_networks();
  std::size_t width = 0;
  for (const ShippedNetwork& n : networks)
    width = std::max(width, n.name.size());
  for (const ShippedNetwork& n : networks) {
    const auto line = [&](const std::string& name, const std::string& text) {
      out << fmt::format("{:<{}}  {}\n", name, width, text);
    };
    line(n.name, n.description);
    if (!n.input_description.empty()) line("", "input: " + n.input_description);
    if (!n.inputs.empty())
      line("",
           fmt::format("data: {}{}", n.inputs.front().string(),
                       n.data_package.empty() ? "" : fmt::format(" (package {})", n.data_package)));
    if (!n.generator && !std::filesystem::exists(n.model))
      line("", fmt::format("the model file {} is missing", n.model.string()));
  }
  return kExitOk;
}

int list_cores(std::ostream& out) {
  for (const npu::CoreEntry& core : npu::cores()) {
    const npu::Geometry g = core.defaults();
    out << fmt::format("{:<6}  {}\n", core.name, core.description);
    out << fmt::format("{:<6}  feature SRAM {} bytes, weight SRAM {} bytes\n", "",
                       g.feature_bits / 8, g.weight_bytes);
    for (const npu::GeometryValue& v : g.values)
      out << fmt::format("{:<6}  {} = {} {}: {}{}\n", "", v.key, v.text(), v.unit, v.doc,
                         v.assumed ? " (assumed)" : "");
  }
  return kExitOk;
}

}  // namespace

void add_networks(CLI::App& app, Action& action) {
  app.add_subcommand("networks", "List the networks that ship with the program")
      ->callback([&action] {
        action = [](SessionContext& context) { return list_networks(context.out); };
      });
}

void add_cores(CLI::App& app, Action& action) {
  app.add_subcommand("cores", "List the accelerator cores with their default sizes")
      ->callback(
          [&action] { action = [](SessionContext& context) { return list_cores(context.out); }; });
}

void add_map(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("map", "Print the memory map of the configured machine");
  const auto options = std::make_shared<RunOptions>();
  add_configuration(*command, *options);
  command->callback([options, &action] {
    action = [options](SessionContext& context) {
      context.out << address_map_text(address_map(machine_config(parameters_of(*options))));
      return kExitOk;
    };
  });
}

void add_params(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "params", "Print every configuration key: value, unit, who set it, meaning");
  const auto options = std::make_shared<RunOptions>();
  const auto is_json = std::make_shared<bool>(false);
  command->add_flag("--json", *is_json, "As JSON on the standard output, with ranges and choices");
  add_configuration(*command, *options);
  command->footer(
      "A configuration file is TOML with the same keys, nested or dotted:\n"
      "  [soc.dram]\n"
      "  latency_ns = 60\n"
      "  bytes_per_second = 25_600_000_000\n");
  command->callback([options, is_json, &action] {
    action = [options, is_json](SessionContext& context) {
      const Parameters parameters = parameters_of(*options);
      context.out << (*is_json ? parameters_json(parameters) : parameters_table(parameters));
      return kExitOk;
    };
  });
}

}  // namespace cairn::platform
