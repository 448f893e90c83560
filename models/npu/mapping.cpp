#include "models/npu/mapping.hpp"

#include "models/npu/block.hpp"

namespace cairn::npu {

std::uint64_t in_feature_bits(const numbers::Layer& layer) {
  return static_cast<std::uint64_t>(layer.in.elements()) * layer.in_type.bits;
}

std::uint64_t out_feature_bits(const numbers::Layer& layer) {
  return static_cast<std::uint64_t>(layer.out.elements()) * layer.out_type.bits;
}

bool has_last_input(const numbers::Layer& layer, const Tile& tile) {
  return tile.first_input + tile.inputs == static_cast<std::uint32_t>(layer.in.channels);
}

std::uint64_t block_bytes(const numbers::Layer& layer, const Tile& tile) {
  return block_shape(layer, tile).bytes();
}

}  // namespace cairn::npu
