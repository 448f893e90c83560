// The parameters as a table and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "platform/params/parameters.hpp"

namespace cairn::platform {

namespace {

std::string remark(const Parameter& p) {
  if (!p.is_default()) return fmt::format("  [{}; default {}]", p.origin, text_of(p.default_value));
  return p.is_assumed ? "  (assumed)" : "";
}

nlohmann::ordered_json json_of(const Value& value) {
  return std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
}

}  // namespace

std::string parameters_table(const Parameters& parameters) {
  std::size_t key_width = 0, value_width = 0;
  for (const Parameter& p : parameters.all()) {
    key_width = std::max(key_width, p.key.size());
    value_width = std::max(value_width, text_of(p.value).size() + 1 + p.unit.size());
  }
  std::string out;
  for (const Parameter& p : parameters.all()) {
    std::string value = text_of(p.value);
    if (!p.unit.empty()) value += " " + p.unit;
    out += fmt::format("{:<{}}  {:<{}}  {}{}\n", p.key, key_width, value, value_width, p.doc,
                       remark(p));
  }
  return out;
}

std::string parameters_json(const Parameters& parameters) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Parameter& p : parameters.all()) {
    nlohmann::ordered_json entry{{"key", p.key},
                                 {"value", json_of(p.value)},
                                 {"default", json_of(p.default_value)},
                                 {"unit", p.unit},
                                 {"doc", p.doc},
                                 {"assumed", p.is_assumed},
                                 {"set_by", p.is_default() ? "default" : p.origin}};
    if (type_of(p.value) == ValueType::kInteger) {
      entry["low"] = p.low;
      entry["high"] = p.high;
    }
    if (!p.choices.empty()) entry["choices"] = p.choices;
    list.push_back(std::move(entry));
  }
  return nlohmann::ordered_json{{"schema_version", 1}, {"parameters", std::move(list)}}.dump(
             2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

}  // namespace cairn::platform
