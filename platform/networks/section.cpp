#include "platform/networks/section.hpp"

#include <algorithm>
#include <limits>

namespace cairn::platform {

int Section::number(const char* key, std::optional<int> fallback, int low, int high) {
  const auto value = get<std::int64_t>(key, fallback);
  if (value < low || value > high)
    refuse(*table_.get(key), key, fmt::format("must be {} to {}, not {}", low, high, value));
  return static_cast<int>(value);
}

std::vector<std::string> Section::texts(const char* key) {
  std::vector<std::string> out;
  const toml::node* node = find(key);
  if (node == nullptr) return out;
  if (!node->is_array()) refuse(*node, key, "must be a list of texts");
  for (const toml::node& element : *node->as_array()) {
    const auto text = element.value_exact<std::string>();
    if (!text) refuse(element, key, "must be a list of texts");
    out.push_back(*text);
  }
  return out;
}

std::vector<int> Section::numbers(const char* key) {
  std::vector<int> out;
  const toml::node* node = find(key);
  if (node == nullptr) return out;
  if (!node->is_array()) refuse(*node, key, "must be a list of integers");
  for (const toml::node& element : *node->as_array()) {
    const auto value = element.value_exact<std::int64_t>();
    if (!value || *value < std::numeric_limits<int>::min() ||
        *value > std::numeric_limits<int>::max())
      refuse(element, key, "must be a list of integers of 32 bits");
    out.push_back(static_cast<int>(*value));
  }
  return out;
}

std::map<std::string, int> Section::all_numbers(int low, int high) {
  std::map<std::string, int> out;
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    out[name] = number(name.c_str(), std::nullopt, low, high);
  }
  return out;
}

Section Section::table(const char* key) {
  static const toml::table kEmpty;
  const toml::node* node = find(key);
  if (node != nullptr && !node->is_table()) refuse(*node, key, "must be a table");
  return {file_, full(key) + ".", node == nullptr ? kEmpty : *node->as_table()};
}

std::vector<Section> Section::tables(const char* key) {
  std::vector<Section> out;
  const toml::node* node = find(key);
  if (node == nullptr) return out;
  if (!node->is_array_of_tables())
    refuse(*node, key, fmt::format("must be a list of tables, each begun by [[{}]]", full(key)));
  for (const toml::node& element : *node->as_array())
    out.emplace_back(file_, full(key) + ".", *element.as_table());
  return out;
}

void Section::finish() const {
  for (const auto& [key, node] : table_)
    if (std::ranges::find(asked_, key.str()) == asked_.end())
      refuse(node, std::string(key.str()), "is unknown");
}

void Section::refuse(const toml::node& node, const std::string& key,
                     const std::string& reason) const {
  throw InputError(
      fmt::format("{}:{}: {} {}.", file_.string(), node.source().begin.line, full(key), reason));
}

const toml::node* Section::find(const char* key) {
  asked_.emplace_back(key);
  return table_.get(key);
}

toml::table parse_description(const std::filesystem::path& file) {
  try {
    return toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    throw InputError(
        fmt::format("{}:{}: {}.", file.string(), error.source().begin.line, error.description()));
  }
}

}  // namespace cairn::platform
