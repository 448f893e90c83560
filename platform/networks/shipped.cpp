// The networks that ship with the program.
#include "platform/networks/shipped.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/load.hpp"
#include "models/kit/input_error.hpp"
#include "platform/networks/home.hpp"
#include "platform/networks/read_generator.hpp"
#include "platform/networks/section.hpp"

namespace cairn::platform {

namespace {

namespace fs = std::filesystem;

/// A path in a description is relative to the description.
std::vector<fs::path> paths(const fs::path& folder, const std::vector<std::string>& texts) {
  std::vector<fs::path> out;
  out.reserve(texts.size());
  for (const std::string& text : texts)
    out.push_back(folder / text);
  return out;
}

/// 16 steps a unit, up to 14 units a code: the full range of a differential row pair.
constexpr int kMaxLsb = 16 * 14;

void check_layers_exist(const ShippedNetwork& shipped, const compiler::Network& network) {
  for (const auto& [layer, lsb] : shipped.cap_lsb)
    if (std::ranges::find(network.layers, layer, &compiler::NetworkLayer::name) ==
        network.layers.end())
      throw InputError(fmt::format("{}: cap.lsb.{} names no layer of {}.", shipped.file.string(),
                                   layer, network.name));
}

compiler::Network import_or_generate(const ShippedNetwork& network) {
  if (!network.generator) {
    if (!fs::exists(network.model))
      throw InputError(fmt::format("{}: the model file is missing.", network.model.string()));
    return compiler::load_network(network.model);
  }
  try {
    return compiler::generate(*network.generator, network.name);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", network.file.string(), error.what()));
  }
}

}  // namespace

ShippedNetwork read_shipped(const fs::path& file) {
  const toml::table parsed = parse_description(file);
  const fs::path folder = file.parent_path();
  Section root(file, "", parsed), input = root.table("input"), data = root.table("data"),
                                  cap = root.table("cap"), lsb = cap.table("lsb");
  const bool generated = root.has("generate");
  if (generated && root.has("model"))
    throw InputError(fmt::format("{}: has both a model and a [generate] table.", file.string()));
  const auto count = root.get<std::int64_t>("count", generated ? 1 : 100);
  if (count < 1 || count > UINT32_MAX)
    throw InputError(fmt::format("{}: count must be at least 1, not {}.", file.string(), count));

  const bool ships = file.filename() == "network.toml";
  ShippedNetwork out{
      .name = ships ? folder.filename().string() : file.stem().string(),
      .description =
          root.get<std::string>("description", generated ? std::optional("") : std::nullopt),
      .file = file,
      .model = generated ? fs::path() : folder / root.get<std::string>("model"),
      .generator = generated ? std::optional(read_generator(root)) : std::nullopt,
      .schedule = root.get<std::string>("schedule", ""),
      .count = static_cast<std::uint32_t>(count),
      .input_description = input.get<std::string>("description", ""),
      .pixels = {input.get<double>("pixel_scale", 1.0), input.get<double>("pixel_offset", 0.0)},
      .inputs = paths(folder, data.texts("inputs")),
      .labels = paths(folder, data.texts("labels")),
      .data_package = data.get<std::string>("package", ""),
      .classes = root.texts("classes"),
      .cap_lsb = lsb.all_numbers(1, kMaxLsb)};
  root.finish();
  input.finish();
  data.finish();
  cap.finish();
  return out;
}

compiler::Network load_shipped(const ShippedNetwork& shipped) {
  compiler::Network network = import_or_generate(shipped);
  check_layers_exist(shipped, network);
  return network;
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
