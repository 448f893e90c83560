#include "models/npu/block.hpp"

#include "models/npu/numbers/packing.hpp"

namespace cairn::npu {

BlockShape block_shape(const numbers::Layer& layer, const Tile& tile) {
  BlockShape shape{layer, 0, 0};
  const bool has_last_input =
      tile.first_input + tile.inputs == static_cast<std::uint32_t>(layer.in.channels);
  shape.layer.out.channels = static_cast<int>(tile.channels);
  if (layer.op == numbers::Op::convolution) {
    shape.layer.in.channels = static_cast<int>(tile.inputs);
  } else if (layer.op != numbers::Op::fully_connected) {
    // Channel by channel: a channel's weights do not depend on how many others there are.
    shape.layer.in.channels =
        static_cast<int>(tile.channels) * layer.in.channels / layer.out.channels;
  }
  shape.weight_bytes = tile.cells == kNoCells ? numbers::weight_bytes(shape.layer) : 0;
  shape.table_bytes = has_last_input ? numbers::table_bytes(shape.layer) : 0;
  return shape;
}

}  // namespace cairn::npu
