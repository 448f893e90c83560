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

/// One sentence from CLI11's message.
std::string sentence(const CLI::ParseError& error, const CLI::App& app) {
  std::string text = error.what();
  std::ranges::replace(text, '\n', ' ');
  while (!text.empty() && (text.back() == '.' || text.back() == ' '))
    text.pop_back();
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "cairn" : "cairn " + chosen.front()->get_name();
  return fmt::format("{} (see: {} --help).", text, command);
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
  add_networks(app, action);
  add_cores(app, action);
  add_map(app, action);
  add_registers(app, action);
  add_params(app, action);
  try {
    std::ranges::reverse(arguments);  // as CLI11 wants a vector
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    context.out << (chosen.empty() ? app.help() : chosen.front()->help());
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
