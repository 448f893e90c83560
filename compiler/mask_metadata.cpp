#include "compiler/mask_metadata.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/channel_mask.hpp"
#include "compiler/import/refusal.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

using nlohmann::json;

std::vector<bool> mask_of(const json& channels, const NetworkLayer& layer) {
  const int count = layer.layer.out.channels;
  if (!channels.is_array()) throw InputError("layer '" + layer.name + "' has no list of channels");
  std::vector<bool> kept(static_cast<std::size_t>(count));
  for (const json& channel : channels) {
    if (!channel.is_number_integer() || channel < 0 || channel >= count)
      throw InputError("layer '" + layer.name + "' has the channels 0.." +
                       std::to_string(count - 1) + ", not " + channel.dump());
    kept[channel.get<std::size_t>()] = true;
  }
  return kept;
}

void set_masks(Network& network, const json& masks) {
  if (!masks.is_object()) throw InputError("is no JSON object of layer names");
  for (const auto& [name, channels] : masks.items()) {
    const auto layer = std::ranges::find(network.layers, name, &NetworkLayer::name);
    if (layer == network.layers.end()) throw InputError("there is no layer '" + name + "'");
    layer->kept = mask_of(channels, *layer);
  }
  computed_channels(network);
}

}  // namespace

void apply_masks(Network& network, const std::string& text, const std::string& file) {
  try {
    set_masks(network, json::parse(text));
  } catch (const json::parse_error&) {
    refuse(file, std::string("metadata '") + kMaskProperty + "': is no JSON");
  } catch (const InputError& error) {
    refuse(file, std::string("metadata '") + kMaskProperty + "': " + error.what());
  }
}

}  // namespace cairn::compiler
