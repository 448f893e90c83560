// The process: signals, logging, SystemC's own start.
#include <fcntl.h>
#include <spdlog/cfg/env.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <systemc>

#include "platform/cli/program.hpp"

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

/// The standard input, or -1: a program started with it closed gets its number for another file.
int standard_input() {
  return fcntl(STDIN_FILENO, F_GETFD) < 0 ? -1 : STDIN_FILENO;
}

/// The second Ctrl-C finds the default action again.
void stop_on_interrupt() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

/// SystemC prints on the standard output, which is ours: what it reports goes to the log instead.
void log_report(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::warn,
                                                   spdlog::level::err, spdlog::level::critical};
  spdlog::log(kLevels[report.get_severity()], "{}: {}", report.get_msg_type(), report.get_msg());
  if ((actions & sc_core::SC_THROW) != 0) throw report;
}

}  // namespace

int sc_main(int argc, char** argv) {
  const auto start = std::chrono::steady_clock::now();
  spdlog::set_default_logger(spdlog::stderr_color_mt("cairn"));
  spdlog::cfg::load_env_levels();
  sc_core::sc_report_handler::set_handler(log_report);
  stop_on_interrupt();
  cairn::platform::SessionContext context{std::cout,
                                          std::cerr,
                                          isatty(STDERR_FILENO) != 0,
                                          cairn::platform::make_soc,
                                          interrupted,
                                          start,
                                          standard_input()};
  return cairn::platform::run_program({argv + 1, argv + argc}, context);
}

int main(int argc, char** argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
