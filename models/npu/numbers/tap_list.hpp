// The taps of a window that is summed or compared channel by channel.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/padded_map.hpp"

namespace cairn::numbers {

/// Offsets of the taps from a window's first operand, an even number: an odd last tap is followed
/// by the first.
inline std::vector<std::int64_t> tap_list(const Layer& layer, const PaddedMap& map) {
  std::vector<std::int64_t> taps;
  for (int ky = 0; ky < layer.kernel_h; ++ky)
    for (int kx = 0; kx < layer.kernel_w; ++kx)
      taps.push_back(ky * map.row_pitch() + kx * map.pixel_pitch());
  if (taps.size() % 2 != 0) taps.push_back(0);
  return taps;
}

/// Calls visit(tile, first pixel, block) for all tiles, the tile's pixels moved to the
/// block's channels.
template <typename Visit>
void for_each_channel_tile(const Layer& layer, const PaddedMap& map, const std::int16_t* operands,
                           int tile_pixels, Visit visit) {
  const std::int64_t pixels = layer.out.pixels();
  const int blocks = round_up_to_lanes(layer.out.channels) / static_cast<int>(kLanes);
  Tile tile{};
  for (std::int64_t first = 0; first < pixels; first += tile_pixels) {
    const std::int64_t left = pixels - first;
    map.fill(tile, operands, first, left < tile_pixels ? static_cast<int>(left) : tile_pixels);
    for (int block = 0; block < blocks; ++block) {
      visit(tile, first, block);
      for (int p = 0; p < tile.count; ++p)
        tile.pixels[p] += kLanes;
    }
  }
}

}  // namespace cairn::numbers
