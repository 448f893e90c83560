#include "compiler/load.hpp"

#include "compiler/channel_mask.hpp"
#include "compiler/import/onnx_reader.hpp"
#include "compiler/lower/lower.hpp"
#include "compiler/mask_metadata.hpp"

namespace cairn::compiler {

Network load_network(const std::filesystem::path& file) {
  Graph graph = read_onnx(file);
  const auto masks = graph.metadata.find(kMaskProperty);
  const std::string json = masks == graph.metadata.end() ? "" : masks->second;
  Network network = lower(std::move(graph), file.stem().string());
  if (!json.empty()) apply_masks(network, json, file.string());
  if (const int dead = mask_dead_channels(network); dead > 0)
    network.notes.push_back(std::to_string(dead) +
                            " output channels are masked: their weights are all zero, and their "
                            "output always is the zero point");
  return network;
}

}  // namespace cairn::compiler
