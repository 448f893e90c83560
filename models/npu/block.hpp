// The weight block of a tile: its shape in the weight SRAM.
#pragma once

#include <cstddef>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu {

/// Weights, then the table, each padded to a multiple of 8 bytes. Tiles without the last input
/// channels have no table, tiles whose weights lie in cells have only that.
struct BlockShape {
  numbers::Layer layer;  ///< the tile's channels as a layer of its own: for packing only
  std::size_t weight_bytes = 0, table_bytes = 0;

  std::size_t bytes() const { return weight_bytes + table_bytes; }
};

BlockShape block_shape(const numbers::Layer& layer, const Tile& tile);

}  // namespace cairn::npu
