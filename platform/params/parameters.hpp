// All configuration keys with their values: defaults, then configuration files, then --set.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "platform/machine_config.hpp"
#include "platform/params/parameter.hpp"

namespace cairn::platform {

class Parameters {
 public:
  /// Later assignments win. Throws InputError for an unknown key (naming the nearest ones), a wrong
  /// type or a value out of range.
  explicit Parameters(const std::vector<Assignment>& assignments = {});

  const std::vector<Parameter>& all() const { return all_; }
  /// Null if there is none.
  const Parameter* find(std::string_view key) const;

  /// Of a key that exists and has this type.
  std::int64_t integer(std::string_view key) const;
  std::uint32_t word(std::string_view key) const;
  bool flag(std::string_view key) const;
  const std::string& text(std::string_view key) const;

 private:
  void define(std::vector<Parameter> parameters, const std::vector<Assignment>& assignments);
  void refuse_unknown_keys(const std::vector<Assignment>& assignments) const;

  std::vector<Parameter> all_;
};

/// What soc.cpp builds from.
MachineConfig machine_config(const Parameters& parameters);

/// Reads a TOML file: nested tables or dotted keys. Throws InputError with file and line.
std::vector<Assignment> read_config(const std::filesystem::path& path);
/// "key=value". Throws InputError.
Assignment parse_set(const std::string& text);

/// The keys of `keys` that look most like `key`, best first, at most `count`.
std::vector<std::string> nearest(std::string_view key, const std::vector<std::string>& keys,
                                 std::size_t count = 3);

/// Every parameter with value, unit, origin and meaning.
std::string parameters_table(const Parameters& parameters);
/// The same as a JSON document.
std::string parameters_json(const Parameters& parameters);

}  // namespace cairn::platform
