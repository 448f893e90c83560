#include "platform/profile/profile_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

namespace cairn::platform {

namespace {

using Function = FunctionProfile::Function;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string row(const Cost& self, const Cost& total, const std::string& calls,
                const std::string& inclusive, const std::string& name) {
  return fmt::format("{:>14}  {:>5.1f}%  {:>14}  {:>10}  {:>16}  {}\n", self.cycles,
                     share(self.cycles, total.cycles), self.instructions, calls, inclusive, name);
}

}  // namespace

std::string profile_table(const FunctionProfile& profile, std::size_t rows) {
  std::vector<Function> functions = profile.functions();
  std::erase_if(functions, [](const Function& f) { return f.self.cycles == 0; });
  std::ranges::stable_sort(functions, [](const Function& a, const Function& b) {
    return a.self.cycles > b.self.cycles;
  });
  const Cost total = profile.total();
  std::string out = fmt::format("{:>14}  {:>6}  {:>14}  {:>10}  {:>16}  {}\n", "own cycles",
                                "share", "instructions", "calls", "with callees", "function");
  const std::size_t shown = std::min(rows, functions.size());
  for (const Function& f : std::span(functions).first(shown))
    out += row(f.self, total, std::to_string(f.calls), std::to_string(f.inclusive.cycles), f.name);
  Cost rest;
  for (const Function& f : std::span(functions).subspan(shown))
    rest += f.self;
  if (shown < functions.size())
    out += row(rest, total, "", "", fmt::format("({} others)", functions.size() - shown));
  return out + row(total, total, "", "", "total");
}

}  // namespace cairn::platform
