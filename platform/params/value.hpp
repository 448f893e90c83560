// A typed parameter value, and what the user wrote where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace cairn::platform {

enum class ValueType : std::uint8_t { kInteger, kReal, kBoolean, kText };

/// The alternatives are in the order of ValueType.
using Value = std::variant<std::int64_t, double, bool, std::string>;

ValueType type_of(const Value& value);
/// "an integer", "a number", "true or false", "a text"
std::string_view description_of(ValueType type);
/// As one would write it after --set: 800000000, 0.9, true, ms.
std::string text_of(const Value& value);

/// One `key = value` of a configuration file or of --set.
struct Assignment {
  std::string key;
  Value value;
  std::string origin;  ///< "board.toml:12" or "--set soc.cpu0.clock_hz=1"
  bool is_typed =
      false;  ///< from TOML; false: text of --set, whose type follows from the parameter
};

}  // namespace cairn::platform
