// Simulated time on the command line.
#include "platform/cli/sim_time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

std::uint64_t parse_sim_time(const std::string& text, const std::string& option) {
  static const std::map<std::string_view, double> kUnits = {
      {"ps", 1}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}};
  double number = 0;
  const char* const end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, number);
  while (rest != end && *rest == ' ')
    ++rest;
  const auto unit = kUnits.find(std::string_view(rest, end));
  if (error != std::errc{} || unit == kUnits.end())
    throw InputError(fmt::format(
        "{} {}: write a simulated time with its unit, for example 10ms or 2s.", option, text));
  const double ps = std::round(number * unit->second);
  constexpr double kLongest = 1e19;  // below 2^64
  if (!(ps >= 1 && ps <= kLongest))
    throw InputError(
        fmt::format("{} {}: the time must lie between 1 ps and 10,000,000 s.", option, text));
  return static_cast<std::uint64_t>(ps);
}

}  // namespace cairn::platform
