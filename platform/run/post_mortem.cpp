// Why a run did not pass, and what the system was doing.
#include <fmt/format.h>

#include "models/cpu/hart_csr_names.hpp"
#include "platform/run/report.hpp"

namespace cairn::platform {

namespace {

/// Names of the calling convention, x0 to x31.
constexpr const char* kRegisterNames[32] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                            "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                            "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                            "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

std::string frame_text(std::size_t number, const BacktraceFrame& frame) {
  std::string out = fmt::format("    #{:<3} {:#010x} in {}", number, frame.pc,
                                frame.place.empty() ? "no known function" : frame.place);
  if (!frame.source.empty()) out += " at " + frame.source;
  if (frame.kind == BacktraceFrame::Kind::kGuessed) out += "  (found on the stack: a guess)";
  if (frame.kind == BacktraceFrame::Kind::kInterrupted)
    out += fmt::format("  (here came: {})", frame.trap);
  return out + "\n";
}

std::string backtrace_text(const std::vector<BacktraceFrame>& frames) {
  constexpr std::size_t kFirst = 16, kLast = 8;  // what a runaway recursion leaves
  std::string out = "  backtrace of cpu0:\n";
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == kFirst && frames.size() > kFirst + kLast + 1) {
      out += fmt::format("    ... {} more ...\n", frames.size() - kFirst - kLast);
      i = frames.size() - kLast;
    }
    out += frame_text(i, frames[i]);
  }
  return out;
}

std::string registers_text(const Failure& failure, const CpuState& cpu) {
  std::string out =
      fmt::format("  registers of cpu0{}:\n    {:<5} {:08x}",
                  failure.fault ? " at the exception" : "", "pc", failure.registers.pc);
  for (std::size_t n = 1; n < failure.registers.x.size(); ++n)
    out += fmt::format("{}{:<5} {:08x}", n % 4 == 0 ? "\n    " : "  ", kRegisterNames[n],
                       failure.registers.x[n]);
  out += "\n  control and status registers at the end:";
  for (std::size_t i = 0; i < cpu.csrs.size(); ++i)
    out += fmt::format("{}{:<8} {:08x}", i % 4 == 0 ? "\n    " : "  ",
                       hart::csr_name(cpu.csrs[i].first), cpu.csrs[i].second);
  return out + "\n";
}

}  // namespace

std::string failure_text(const Result& r) {
  const std::string when = time_text(r.sim_ps);
  const std::string what = r.failure ? r.failure->sentence : std::string();
  switch (r.outcome.end) {
    case End::kDeadlock:
      if (r.failure && r.failure->reason == "deadlock")
        return fmt::format(
            "the simulated system stopped after {}: deadlock, nothing is pending and nothing ever "
            "will be; {}",
            when, what);
      [[fallthrough]];
    case End::kHalted:
      return fmt::format("the simulated system stopped after {}: {}", when, what);
    case End::kTimeout:
      return fmt::format("the simulated system did not finish within {} (--timeout); {}", when,
                         what);
    case End::kInterrupted:
      return fmt::format("interrupted after {} of simulated time{}{}", when,
                         what.empty() ? "" : "; ", what);
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
  if (r.mode != "physical" && r.mismatches.value_or(0) != 0)
    return fmt::format("{} outputs differ from the reference", *r.mismatches);
  return {};
}

std::string post_mortem(const Result& r) {
  std::string out =
      backtrace_text(r.failure->backtrace) + registers_text(*r.failure, r.outcome.cpu);
  if (r.has_network) out += fmt::format("  {} of {} inputs were done\n", r.done, r.count);
  for (const std::string& who : r.outcome.waiting)
    out += fmt::format("  {}\n", who);
  if (r.outcome.transactions.empty()) return out;
  out += "  last bus transactions:\n";
  for (const BusTransaction& t : r.outcome.transactions)
    out += fmt::format("    {:>12}  {:<12} {:<6} {:>6} B at {:#010x} {:<24} {}\n",
                       time_text(t.time_ps), t.initiator, t.command, t.bytes, t.address,
                       t.place.empty() ? "(nothing there)" : t.place, t.status);
  return out;
}

}  // namespace cairn::platform
