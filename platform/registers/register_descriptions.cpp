#include "platform/registers/register_descriptions.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <filesystem>
#include <optional>

#include "models/kit/input_error.hpp"
#include "platform/networks/home.hpp"

namespace cairn::platform {

namespace {

namespace fs = std::filesystem;

std::string text_of(const toml::node_view<const toml::node>& node) {
  return node.value_or(std::string());
}

std::uint32_t number_of(const toml::node_view<const toml::node>& node, std::int64_t otherwise = 0) {
  return static_cast<std::uint32_t>(node.value_or(otherwise));
}

/// Calls `each` with the tables of an array of tables that may be missing.
template <typename Each>
void for_tables(const toml::array* array, Each each) {
  if (array == nullptr) return;
  for (const toml::node& node : *array)
    if (const toml::table* table = node.as_table()) each(*table);
}

FieldDescription field_of(const toml::table& table) {
  FieldDescription out{.name = text_of(table["name"]),
                       .access = text_of(table["access"]),
                       .doc = text_of(table["desc"]),
                       .high = number_of(table["bits"][0], 31),
                       .low = number_of(table["bits"][1]),
                       .reset = number_of(table["reset"])};
  for_tables(table["values"].as_array(), [&](const toml::table& value) {
    out.values.emplace(number_of(value["value"]), text_of(value["name"]));
  });
  return out;
}

RegisterDescription register_of(const toml::table& table) {
  RegisterDescription out{.name = text_of(table["name"]),
                          .doc = text_of(table["desc"]),
                          .offset = number_of(table["offset"]),
                          .count = number_of(table["count"]),
                          .stride = number_of(table["stride"], 4),
                          .access = text_of(table["access"]),
                          .reset = number_of(table["reset"])};
  for_tables(table["fields"].as_array(),
             [&](const toml::table& field) { out.fields.push_back(field_of(field)); });
  return out;
}

std::optional<BlockDescription> block_of(const toml::table& table) {
  const auto name = table["block"]["name"].value<std::string>();
  if (!name) return std::nullopt;
  BlockDescription out{.name = *name,
                       .doc = text_of(table["block"]["desc"]),
                       .register_bytes = number_of(table["block"]["width"], 32) / 8};
  for_tables(table["reg"].as_array(),
             [&](const toml::table& reg) { out.registers.push_back(register_of(reg)); });
  return out;
}

}  // namespace

std::map<std::string, BlockDescription> read_register_descriptions() {
  std::map<std::string, BlockDescription> out;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(home() / "models", error)) {
    if (entry.path().extension() != ".toml") continue;
    try {
      if (auto block = block_of(toml::parse_file(entry.path().string())))
        out.emplace(block->name, std::move(*block));
    } catch (const toml::parse_error& e) {
      throw InputError(
          fmt::format("{}:{}: {}.", entry.path().string(), e.source().begin.line, e.description()));
    }
  }
  if (out.empty())
    throw InputError(
        fmt::format("{}: no register descriptions are there.", (home() / "models").string()));
  return out;
}

}  // namespace cairn::platform
