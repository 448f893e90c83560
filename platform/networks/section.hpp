// One table of a network's description file, read key by key.
#pragma once

#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

/// Every key that is there must be asked for, so that a misspelt one is found. All functions throw
/// InputError naming file, line and key.
class Section {
 public:
  /// `name` is empty for the file itself, else "input.". `file` must outlive the section.
  Section(const std::filesystem::path& file, std::string name, const toml::table& table)
      : file_(file), name_(std::move(name)), table_(table) {}

  bool has(const char* key) const { return table_.contains(key); }

  template <typename T>
  T get(const char* key, std::optional<T> fallback = std::nullopt) {
    const toml::node* node = find(key);
    if (node == nullptr) {
      if (fallback) return *fallback;
      throw InputError(fmt::format("{}: {} is missing.", file_.string(), full(key)));
    }
    const std::optional<T> value = node->value<T>();
    if (!value) refuse(*node, key, "has the wrong type");
    return *value;
  }

  /// An integer in low..high.
  int number(const char* key, std::optional<int> fallback, int low, int high);
  std::vector<std::string> texts(const char* key);  ///< empty if the key is absent
  std::vector<int> numbers(const char* key);        ///< likewise
  Section table(const char* key);                   ///< empty if the key is absent
  std::vector<Section> tables(const char* key);     ///< [[key]]; empty if the key is absent
  /// Every key of this table, an integer in low..high each.
  std::map<std::string, int> all_numbers(int low, int high);

  /// Refuses keys that were not asked for.
  void finish() const;

 private:
  [[noreturn]] void refuse(const toml::node& node, const std::string& key,
                           const std::string& reason) const;
  std::string full(const std::string& key) const { return name_ + key; }
  const toml::node* find(const char* key);

  const std::filesystem::path& file_;
  std::string name_;
  const toml::table& table_;
  std::vector<std::string> asked_;
};

/// Parses a file. Throws InputError naming file and line.
toml::table parse_description(const std::filesystem::path& file);

}  // namespace cairn::platform
