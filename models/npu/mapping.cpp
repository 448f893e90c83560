#include "models/npu/mapping.hpp"

#include "models/npu/numbers/packing.hpp"

namespace cairn::npu {

std::uint64_t in_feature_bits(const numbers::Layer& layer) {
  return static_cast<std::uint64_t>(layer.in.elements()) * layer.in_type.bits;
}

std::uint64_t out_feature_bits(const numbers::Layer& layer) {
  return static_cast<std::uint64_t>(layer.out.elements()) * layer.out_type.bits;
}

bool has_all_inputs(const numbers::Layer& layer, const Tile& tile) {
  return tile.inputs == static_cast<std::uint32_t>(layer.in.channels);
}

bool has_last_input(const numbers::Layer& layer, const Tile& tile) {
  return tile.first_input + tile.inputs == static_cast<std::uint32_t>(layer.in.channels);
}

std::uint64_t tile_weight_bytes(const numbers::Layer& layer, const Tile& tile) {
  if (!layer.has_weights()) return 0;
  std::uint64_t each = layer.inputs_per_output();
  if (!has_all_inputs(layer, tile)) each = each / layer.in.channels * tile.inputs;
  return (each * tile.channels * layer.weight_bits + 63) / 64 * 8;
}

std::uint64_t tile_table_bytes(const numbers::Layer& layer, const Tile& tile) {
  if (!has_last_input(layer, tile)) return 0;
  numbers::Layer slice = layer;
  slice.out.channels = static_cast<int>(tile.channels);
  return numbers::table_bytes(slice);
}

std::uint64_t block_bytes(const numbers::Layer& layer, const Tile& tile) {
  return tile_weight_bytes(layer, tile) + tile_table_bytes(layer, tile);
}

}  // namespace cairn::npu
