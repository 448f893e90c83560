// Part of a layer: what one tile command computes.
#pragma once

#include <cstdint>

namespace cairn::npu {

/// Output pixels x output channels x input channels. The input channels are all of them, except
/// where partial sums are kept outside the array: then each range but the last leaves raw sums.
struct Tile {
  std::uint32_t first_pixel = 0, pixels = 0;      ///< output pixels, raster order
  std::uint32_t first_channel = 0, channels = 0;  ///< output channels
  std::uint32_t first_input = 0, inputs = 0;      ///< input channels

  bool operator==(const Tile&) const = default;
};

}  // namespace cairn::npu
