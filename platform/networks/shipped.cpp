// The networks that ship with the program.
#include "platform/networks/shipped.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>

#include "models/kit/input_error.hpp"
#include "platform/networks/home.hpp"

namespace cairn::platform {

namespace {

namespace fs = std::filesystem;

/// One table of the description. Every key that is there must be asked for, so that a misspelt one
/// is found.
class Section {
 public:
  Section(const fs::path& file, std::string name, const toml::table& table)
      : file_(file), name_(std::move(name)), table_(table) {}

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

  std::vector<std::string> texts(const char* key) {
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

  Section table(const char* key) {
    static const toml::table kEmpty;
    const toml::node* node = find(key);
    if (node != nullptr && !node->is_table()) refuse(*node, key, "must be a table");
    return {file_, full(key) + ".", node == nullptr ? kEmpty : *node->as_table()};
  }

  void finish() const {
    for (const auto& [key, node] : table_)
      if (std::ranges::find(asked_, key.str()) == asked_.end())
        refuse(node, std::string(key.str()), "is unknown");
  }

 private:
  [[noreturn]] void refuse(const toml::node& node, const std::string& key,
                           const char* reason) const {
    throw InputError(
        fmt::format("{}:{}: {} {}.", file_.string(), node.source().begin.line, full(key), reason));
  }
  std::string full(const std::string& key) const { return name_ + key; }
  const toml::node* find(const char* key) {
    asked_.emplace_back(key);
    return table_.get(key);
  }

  const fs::path& file_;
  std::string name_;
  const toml::table& table_;
  std::vector<std::string> asked_;
};

/// A path in a description is relative to the description.
std::vector<fs::path> paths(const fs::path& folder, const std::vector<std::string>& texts) {
  std::vector<fs::path> out;
  out.reserve(texts.size());
  for (const std::string& text : texts)
    out.push_back(folder / text);
  return out;
}

}  // namespace

ShippedNetwork read_shipped(const fs::path& file) {
  toml::table parsed;
  try {
    parsed = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    throw InputError(
        fmt::format("{}:{}: {}.", file.string(), error.source().begin.line, error.description()));
  }
  const fs::path folder = file.parent_path();
  Section root(file, "", parsed), input = root.table("input"), data = root.table("data");
  const auto count = root.get<std::int64_t>("count", 100);
  if (count < 1 || count > UINT32_MAX)
    throw InputError(fmt::format("{}: count must be at least 1, not {}.", file.string(), count));

  ShippedNetwork out{
      .name = folder.filename().string(),
      .description = root.get<std::string>("description"),
      .model = folder / root.get<std::string>("model"),
      .count = static_cast<std::uint32_t>(count),
      .input_description = input.get<std::string>("description", ""),
      .pixels = {input.get<double>("pixel_scale", 1.0), input.get<double>("pixel_offset", 0.0)},
      .inputs = paths(folder, data.texts("inputs")),
      .labels = paths(folder, data.texts("labels")),
      .data_package = data.get<std::string>("package", ""),
      .classes = root.texts("classes")};
  root.finish();
  input.finish();
  data.finish();
  return out;
}

std::vector<ShippedNetwork> shipped_networks() {
  std::vector<ShippedNetwork> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(home() / "networks", error))
    if (const fs::path file = entry.path() / "network.toml"; fs::exists(file))
      out.push_back(read_shipped(file));
  std::ranges::sort(out, {}, &ShippedNetwork::name);
  return out;
}

fs::path first_existing(const ShippedNetwork& network, const std::vector<fs::path>& candidates) {
  const auto found =
      std::ranges::find_if(candidates, [](const fs::path& p) { return fs::exists(p); });
  if (found != candidates.end()) return *found;
  std::vector<std::string> names;
  names.reserve(candidates.size());
  for (const fs::path& p : candidates)
    names.push_back(p.string());
  const std::string hint =
      network.data_package.empty()
          ? ""
          : fmt::format(" (install the Debian package {})", network.data_package);
  throw InputError(fmt::format("network {}: its data are missing{}: {}.", network.name, hint,
                               fmt::join(names, ", ")));
}

}  // namespace cairn::platform
