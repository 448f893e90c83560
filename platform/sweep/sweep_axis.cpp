// The values of a swept parameter.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "models/kit/input_error.hpp"
#include "platform/sweep/sweep.hpp"

namespace cairn::platform {

namespace {

constexpr std::size_t kMostValues = 10'000;

[[noreturn]] void refuse(const std::string& text, const std::string& reason) {
  throw InputError(fmt::format("--over {}: {}.", text, reason));
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

double number(const std::string& part, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
  if (error != std::errc() || end != part.data() + part.size() || !std::isfinite(value))
    refuse(text, fmt::format("'{}' is no number; a range is from:to:step", part));
  return value;
}

/// Steps are counted, not added up, so that 0:1:0.1 ends at 1.
void add_range(const std::vector<std::string>& parts, const std::string& text,
               std::vector<std::string>& values) {
  if (parts.size() != 3) refuse(text, "a range has three parts, from:to:step");
  const double from = number(parts[0], text), to = number(parts[1], text),
               step = number(parts[2], text);
  if (step <= 0 || to < from) refuse(text, "a range goes up, by a step above zero");
  const double steps = std::floor((to - from) / step * (1 + 1e-12) + 1e-9);
  if (steps >= static_cast<double>(kMostValues))
    refuse(text, fmt::format("that is more than {} values", kMostValues));
  for (int i = 0; i <= static_cast<int>(steps); ++i)
    values.push_back(fmt::format("{:.12g}", from + i * step));
}

}  // namespace

SweepAxis parse_axis(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    refuse(text, "write a parameter and its values, key=4,5,6 or key=from:to:step");
  SweepAxis axis{text.substr(0, equals), {}};
  for (const std::string& part : split(text.substr(equals + 1), ',')) {
    if (part.empty()) refuse(text, "a value is missing between the commas");
    const std::vector<std::string> range = split(part, ':');
    if (range.size() == 1)
      axis.values.push_back(part);
    else
      add_range(range, text, axis.values);
  }
  return axis;
}

}  // namespace cairn::platform
