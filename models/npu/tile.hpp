// Part of a layer: what one tile command computes.
#pragma once

#include <cstdint>

namespace cairn::npu {

/// Tile::cells: the weights lie in the tile's block.
constexpr std::uint16_t kNoCells = 0;

/// Output pixels x output channels x input channels. The input channels are all of them, except
/// where partial sums are kept outside the array: then each range but the last leaves raw sums.
struct Tile {
  std::uint32_t first_pixel = 0, pixels = 0;      ///< output pixels, raster order
  std::uint32_t first_channel = 0, channels = 0;  ///< output channels
  std::uint32_t first_input = 0, inputs = 0;      ///< input channels
  /// First region of the array's cells with the tile's weights, loaded before; kNoCells where they
  /// come with the tile.
  std::uint16_t cells = kNoCells;
  std::uint16_t adc_step = 0;  ///< 1/16 of the accumulator's unit a code; 0: full range

  bool operator==(const Tile&) const = default;
};

}  // namespace cairn::npu
