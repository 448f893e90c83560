// Assignments from a TOML file and from --set.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <fstream>

#include "models/kit/input_error.hpp"
#include "platform/params/parameters.hpp"

namespace cairn::platform {

namespace {

std::string place(const std::filesystem::path& path, const toml::source_region& source) {
  return fmt::format("{}:{}", path.string(), source.begin.line);
}

void collect(const std::filesystem::path& path, const std::string& prefix, const toml::table& table,
             std::vector<Assignment>& out) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    Assignment a{key, {}, place(path, node.source()), true};
    if (const auto* inner = node.as_table()) {
      collect(path, key + ".", *inner, out);
      continue;
    }
    if (const auto integer = node.value_exact<std::int64_t>())
      a.value = *integer;
    else if (const auto real = node.value_exact<double>())
      a.value = *real;
    else if (const auto boolean = node.value_exact<bool>())
      a.value = *boolean;
    else if (const auto text = node.value_exact<std::string>())
      a.value = *text;
    else
      throw InputError(
          fmt::format("{}: {} must be a number, a text, true or false.", a.origin, key));
    out.push_back(std::move(a));
  }
}

}  // namespace

std::vector<Assignment> read_config(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file || std::filesystem::is_directory(path))
    throw InputError(fmt::format("{}: the configuration file cannot be read.", path.string()));
  std::vector<Assignment> out;
  try {
    collect(path, "", toml::parse(file, path.string()), out);
  } catch (const toml::parse_error& error) {
    throw InputError(fmt::format("{}: {}.", place(path, error.source()), error.description()));
  }
  return out;
}

Assignment parse_set(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw InputError(
        fmt::format("--set {}: write key=value, for example soc.cpu0.clock_hz=200000000.", text));
  return {text.substr(0, equals), text.substr(equals + 1), "--set " + text, false};
}

}  // namespace cairn::platform
