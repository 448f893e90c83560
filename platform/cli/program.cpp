// The program `cairn`: command line in, exit status out.
#include "platform/cli/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "models/kit/input_error.hpp"
#include "platform/cli/commands.hpp"
#include "platform/run/exit_status.hpp"

namespace cairn::platform {

namespace {

/// The command that the user chose, or the program itself.
const CLI::App& chosen_command(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

std::string full_name(const CLI::App& app) {
  const CLI::App& command = chosen_command(app);
  return &command == &app ? "cairn" : "cairn " + command.get_name();
}

/// What was not expected, and what may have been meant.
std::string unexpected(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining(true);
  const auto option =
      std::ranges::find_if(extras, [](const std::string& e) { return e.starts_with('-'); });
  if (option == extras.end()) return fmt::format("'{}' is one argument too many", extras.front());
  std::vector<std::string> names;
  for (const CLI::Option* known : chosen_command(app).get_options())
    if (!known->get_lnames().empty()) names.push_back("--" + known->get_lnames().front());
  return fmt::format("{} has no option {}; the nearest is {}", full_name(app), *option,
                     nearest(*option, names, 1).front());
}

/// One sentence from CLI11's message.
std::string sentence(const CLI::ParseError& error, const CLI::App& app) {
  std::string text =
      dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ? unexpected(app) : error.what();
  std::ranges::replace(text, '\n', ' ');
  while (!text.empty() && (text.back() == '.' || text.back() == ' '))
    text.pop_back();
  return fmt::format("{} (see: {} --help).", text, full_name(app));
}

/// CLI11 would only say that some command is missing.
void check_command(CLI::App& app, const std::string& name) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (std::ranges::find(names, name) == names.end())
    throw InputError(fmt::format("there is no command '{}'; the nearest is {} (see: cairn --help).",
                                 name, nearest(name, names, 1).front()));
}

int parse_and_run(std::vector<std::string> arguments, SessionContext& context) {
  CLI::App app(
      "Cairn: a virtual SoC with a memory-centric CNN accelerator, its driver and its compiler",
      "cairn");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  cairn run fashion          run the shipped network, check every output, print a table per "
      "layer\n"
      "  cairn boot firmware.elf    boot any bare-metal program\n"
      "  cairn COMMAND --help       the options of a command\n\n"
      "Exit status: 0 all is well; 1 the firmware failed or an output is wrong; 2 bad usage or "
      "unreadable input;\n"
      "3 the simulated system failed (deadlock, bus error nobody handled, timeout); 130 "
      "interrupted.\n");
  Action action;
  add_run(app, action);
  add_boot(app, action);
  add_compile(app, action);
  add_claims(app, action);
  add_sweep(app, action);
  add_linearity(app, action);
  add_networks(app, action);
  add_cores(app, action);
  add_map(app, action);
  add_registers(app, action);
  add_params(app, action);
  if (!arguments.empty() && !arguments.front().starts_with('-'))
    check_command(app, arguments.front());
  try {
    std::ranges::reverse(arguments);  // as CLI11 wants a vector
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    context.out << app.help();
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    throw InputError(sentence(error, app));
  }
  return action(context);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, SessionContext& context) {
  try {
    return parse_and_run(arguments, context);
  } catch (const InputError& error) {
    context.err << "cairn: " << error.what() << std::endl;
    return kExitBadInput;
  } catch (const std::bad_alloc&) {
    context.err << "cairn: the host has not enough memory for this run." << std::endl;
    return kExitBadInput;
  } catch (const std::exception& error) {
    context.err << "cairn: internal error, please report it: " << error.what() << std::endl;
    return kExitInternal;
  }
}

}  // namespace cairn::platform
