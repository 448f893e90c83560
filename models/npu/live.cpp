#include "models/npu/live.hpp"

#include <algorithm>

#include "models/npu/mapping.hpp"
#include "models/npu/window.hpp"

namespace cairn::npu {

std::vector<std::uint32_t> live_from(const numbers::Layer& layer) {
  const auto outputs = static_cast<std::size_t>(layer.out.pixels());
  std::vector<std::uint32_t> oldest(outputs);
  auto needed = static_cast<std::uint32_t>(layer.in.pixels());
  std::size_t o = outputs;
  for (int row = layer.out.height - 1; row >= 0; --row)
    for (int column = layer.out.width - 1; column >= 0; --column) {
      oldest[--o] = needed;
      const Window w = window_of(layer, row, column, column);
      if (!w.empty())
        needed = std::min(needed, static_cast<std::uint32_t>(w.top * layer.in.width + w.left));
    }
  return oldest;
}

std::uint64_t peak_live_bits(const numbers::Layer& layer, std::span<const std::uint32_t> live,
                             std::span<const Tile> tiles) {
  const std::uint64_t in_pixel = std::uint64_t(layer.in.channels) * layer.in_type.bits;
  const std::uint64_t out_pixel = std::uint64_t(layer.out.channels) * layer.out_type.bits;
  const std::uint64_t in_bits = in_feature_bits(layer);
  std::uint64_t peak = in_bits, freed = 0;
  std::uint32_t placed = 0;  // output pixels
  for (const Tile& tile : tiles) {
    if (!has_last_input(layer, tile)) continue;
    const bool finishes =
        tile.first_channel + tile.channels == static_cast<std::uint32_t>(layer.out.channels);
    for (std::uint32_t pixel = tile.first_pixel; pixel < tile.first_pixel + tile.pixels; ++pixel) {
      placed = std::max(placed, pixel + 1);
      peak = std::max(peak, in_bits - freed + placed * out_pixel);
      if (finishes) freed = live[pixel] * in_pixel;
    }
  }
  return peak;
}

}  // namespace cairn::npu
