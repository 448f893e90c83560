// cairn registers: the register descriptions that the models and the firmware are generated from.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>

#include "models/kit/input_error.hpp"
#include "platform/cli/commands.hpp"
#include "platform/registers/register_descriptions.hpp"
#include "platform/run/exit_status.hpp"

namespace cairn::platform {

namespace {

std::string field_row(const FieldDescription& field) {
  const std::string bits = field.high == field.low ? std::to_string(field.low)
                                                   : fmt::format("{}:{}", field.high, field.low);
  return fmt::format("            {:>5}  {:<16}  {:<3}  {:#x}  {}\n", bits, field.name,
                     field.access, field.reset, field.doc);
}

std::string register_rows(const RegisterDescription& reg) {
  std::string name = reg.name;
  if (reg.count != 0) name += fmt::format("[{}] every {:#x}", reg.count, reg.stride);
  std::string out = fmt::format("  {:#06x}    {}: {}\n", reg.offset, name, reg.doc);
  if (reg.fields.empty())
    out += fmt::format("             31:0  {:<16}  {:<3}  {:#x}\n", "value", reg.access, reg.reset);
  for (const FieldDescription& field : reg.fields)
    out += field_row(field);
  return out;
}

int print_registers(const std::string& wanted, std::ostream& out) {
  const std::map<std::string, BlockDescription> blocks = read_register_descriptions();
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
    out << fmt::format("{}: {}\n", name, block.doc);
    for (const RegisterDescription& reg : block.registers)
      out << register_rows(reg);
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
