// Checks one assignment against its parameter.
#include "platform/params/parameter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

/// Decimal or 0x, with _ or ' between digits, and K, M, G (powers of 1000) or Ki, Mi, Gi (of 1024)
/// behind it.
std::optional<std::int64_t> integer_from(std::string text) {
  std::erase_if(text, [](char c) { return c == '_' || c == '\''; });
  const bool is_hex = text.starts_with("0x");
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] =
      std::from_chars(text.data() + (is_hex ? 2 : 0), end, number, is_hex ? 16 : 10);
  if (error != std::errc{}) return std::nullopt;
  if (rest == end) return number;
  const std::string_view suffix(rest, end);
  const std::int64_t base = suffix.ends_with('i') ? 1024 : 1000;
  const auto power = std::string_view("kMG").find(suffix[0] == 'K' ? 'k' : suffix[0]);
  if (power == std::string_view::npos || suffix.size() != (base == 1024 ? 2 : 1))
    return std::nullopt;
  for (std::size_t i = 0; i <= power; ++i)
    if (__builtin_mul_overflow(number, base, &number)) return std::nullopt;
  return number;
}

std::optional<double> real_from(const std::string& text) {
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Value> value_from(const std::string& text, ValueType type) {
  switch (type) {
    case ValueType::kInteger:
      return integer_from(text);
    case ValueType::kReal:
      return real_from(text);
    case ValueType::kBoolean:
      if (text == "true" || text == "1") return true;
      if (text == "false" || text == "0") return false;
      return std::nullopt;
    case ValueType::kText:
      break;
  }
  return text;
}

std::optional<Value> converted(const Assignment& assignment, ValueType type) {
  if (!assignment.is_typed) return value_from(std::get<std::string>(assignment.value), type);
  if (type_of(assignment.value) == type) return assignment.value;
  if (type == ValueType::kReal && type_of(assignment.value) == ValueType::kInteger)
    return static_cast<double>(std::get<std::int64_t>(assignment.value));
  return std::nullopt;
}

/// Empty, or what the value must be.
std::string violation(const Parameter& p, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (*number < p.low || *number > p.high)
      return p.high == INT64_MAX ? fmt::format("must be at least {}", p.low)
                                 : fmt::format("must lie between {} and {}", p.low, p.high);
    if (*number % p.multiple_of != 0) return fmt::format("must be a multiple of {}", p.multiple_of);
    if (p.is_power_of_two && (*number & (*number - 1)) != 0) return "must be a power of two";
  }
  if (const auto* text = std::get_if<std::string>(&value))
    if (!p.choices.empty() && std::ranges::find(p.choices, *text) == p.choices.end())
      return fmt::format("must be one of {}", fmt::join(p.choices, ", "));
  return {};
}

}  // namespace

void assign(Parameter& parameter, const Assignment& assignment) {
  const ValueType type = type_of(parameter.value);
  const std::optional<Value> value = converted(assignment, type);
  if (!value)
    throw InputError(fmt::format("{}: {} takes {}, not '{}'.", assignment.origin, parameter.key,
                                 description_of(type), text_of(assignment.value)));
  const std::string reason = violation(parameter, *value);
  if (!reason.empty())
    throw InputError(fmt::format("{}: {} {}, not {}.", assignment.origin, parameter.key, reason,
                                 text_of(*value)));
  parameter.value = *value;
  parameter.origin = assignment.origin;
}

}  // namespace cairn::platform
