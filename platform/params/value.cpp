// A typed parameter value, and what the user wrote where.
#include "platform/params/value.hpp"

#include <fmt/format.h>

namespace cairn::platform {

ValueType type_of(const Value& value) {
  return static_cast<ValueType>(value.index());
}

std::string_view description_of(ValueType type) {
  switch (type) {
    case ValueType::kInteger:
      return "an integer";
    case ValueType::kReal:
      return "a number";
    case ValueType::kBoolean:
      return "true or false";
    case ValueType::kText:
      break;
  }
  return "a text";
}

std::string text_of(const Value& value) {
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

}  // namespace cairn::platform
