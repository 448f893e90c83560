// cairn registers: the register descriptions that the models and the firmware are generated from.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <map>
#include <memory>

#include "models/kit/input_error.hpp"
#include "platform/cli/commands.hpp"
#include "platform/networks/home.hpp"
#include "platform/run/exit_status.hpp"

namespace cairn::platform {

namespace {

namespace fs = std::filesystem;

/// Every description below models/, by block name.
std::map<std::string, toml::table> read_blocks() {
  std::map<std::string, toml::table> out;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(home() / "models", error)) {
    if (entry.path().extension() != ".toml") continue;
    try {
      toml::table table = toml::parse_file(entry.path().string());
      if (const auto name = table["block"]["name"].value<std::string>())
        out.emplace(*name, std::move(table));
    } catch (const toml::parse_error& e) {
      throw InputError(
          fmt::format("{}:{}: {}.", entry.path().string(), e.source().begin.line, e.description()));
    }
  }
  if (out.empty())
    throw InputError(
        fmt::format("{}: no register descriptions are there.", (home() / "models").string()));
  return out;
}

std::string text_of(const toml::node_view<const toml::node>& node) {
  return node.value_or(std::string());
}

std::string field_row(const toml::table& field) {
  const auto high = field["bits"][0].value_or<std::int64_t>(31),
             low = field["bits"][1].value_or<std::int64_t>(0);
  const std::string bits = high == low ? std::to_string(low) : fmt::format("{}:{}", high, low);
  return fmt::format("            {:>5}  {:<16}  {:<3}  {:#x}  {}\n", bits, text_of(field["name"]),
                     text_of(field["access"]), field["reset"].value_or<std::int64_t>(0),
                     text_of(field["desc"]));
}

std::string register_rows(const toml::table& reg) {
  const auto count = reg["count"].value<std::int64_t>();
  std::string name = text_of(reg["name"]);
  if (count)
    name += fmt::format("[{}] every {:#x}", *count, reg["stride"].value_or<std::int64_t>(4));
  std::string out = fmt::format("  {:#06x}    {}: {}\n", reg["offset"].value_or<std::int64_t>(0),
                                name, text_of(reg["desc"]));
  const toml::array* fields = reg["fields"].as_array();
  if (fields == nullptr)
    out += fmt::format("             31:0  {:<16}  {:<3}  {:#x}\n", "value", text_of(reg["access"]),
                       reg["reset"].value_or<std::int64_t>(0));
  else
    for (const toml::node& field : *fields)
      if (field.is_table()) out += field_row(*field.as_table());
  return out;
}

int print_registers(const std::string& wanted, std::ostream& out) {
  const std::map<std::string, toml::table> blocks = read_blocks();
  if (!wanted.empty() && !blocks.contains(wanted)) {
    std::vector<std::string> names;
    names.reserve(blocks.size());
    for (const auto& [name, unused] : blocks)
      names.push_back(name);
    throw InputError(fmt::format("there is no block '{}' with registers; there are {}.", wanted,
                                 fmt::join(names, ", ")));
  }
  for (const auto& [name, block] : blocks) {
    if (!wanted.empty() && name != wanted) continue;
    out << fmt::format("{}: {}\n", name, block["block"]["desc"].value_or(std::string()));
    if (const toml::array* registers = block["reg"].as_array())
      for (const toml::node& reg : *registers)
        if (reg.is_table()) out << register_rows(*reg.as_table());
    out << "\n";
  }
  return kExitOk;
}

}  // namespace

void add_registers(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("registers", "Print the registers of all blocks, or of one");
  const auto block = std::make_shared<std::string>();
  command->add_option("BLOCK", *block, "For example npu or dma")->type_name("");
  command->callback([block, &action] {
    action = [block](SessionContext& context) { return print_registers(*block, context.out); };
  });
}

}  // namespace cairn::platform
