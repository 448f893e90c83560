// Why a run did not pass, and what the system was doing.
#include <fmt/format.h>

#include "platform/run/report.hpp"

namespace cairn::platform {

std::string failure_text(const Result& r) {
  const std::string when = time_text(r.sim_ps);
  switch (r.outcome.end) {
    case End::kDeadlock:
      return fmt::format(
          "the simulated system stopped after {}: deadlock, nothing is pending and nothing ever "
          "will be",
          when);
    case End::kHalted:
      return fmt::format("the simulated system stopped after {}: cpu0 cannot go on: {}", when,
                         r.outcome.reason);
    case End::kTimeout:
      return fmt::format("the simulated system did not finish within {} (--timeout)", when);
    case End::kInterrupted:
      return fmt::format("interrupted after {} of simulated time", when);
    case End::kFinisher:
      break;
  }
  if (r.outcome.finisher_code != 0) {
    std::string text =
        fmt::format("the firmware ended with failure code {}", r.outcome.finisher_code);
    if (r.has_network) text += ": " + describe(r.info);
    return text;
  }
  if (r.has_network && r.done != r.count)
    return fmt::format("the firmware reported success after {} of {} inputs", r.done, r.count);
  if (r.mismatches.value_or(0) != 0)
    return fmt::format("{} outputs differ from the reference", *r.mismatches);
  return {};
}

std::string post_mortem(const Result& r, const SymbolTable& symbols) {
  std::string out =
      fmt::format("  cpu0 is at {:#010x} in {}\n", r.outcome.pc,
                  symbols.function_at(r.outcome.pc).empty() ? "no known function"
                                                            : symbols.describe(r.outcome.pc));
  if (r.has_network) out += fmt::format("  {} of {} inputs were done\n", r.done, r.count);
  for (const std::string& who : r.outcome.waiting)
    out += fmt::format("  {}\n", who);
  if (r.outcome.transactions.empty()) return out;
  out += "  last bus transactions:\n";
  for (const BusTransaction& t : r.outcome.transactions)
    out += fmt::format("    {:>12}  {:<12} {:<6} {:>6} B at {:#010x} {:<20} {}\n",
                       time_text(t.time_ps), t.initiator, t.command, t.bytes, t.address,
                       t.target.empty() ? "(nothing there)" : t.target, t.status);
  return out;
}

}  // namespace cairn::platform
