// What the outputs of a tile read: operands of a dot product, pixels under a window, pieces of
// rows.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu {

/// Operands of a dot product of the tile's.
std::uint64_t dot_operands(const numbers::Layer& layer, const Tile& tile);
/// True where each output channel has operands of its own: depthwise, and what has no weights.
bool is_channelwise(const numbers::Layer& layer);
/// Bits of one channel of an input pixel, of both inputs of an addition.
std::uint64_t operand_bits(const numbers::Layer& layer);

/// Whether some window reaches beyond the map and the zero point is no code of the input.
bool has_unstorable_padding(const numbers::Layer& layer);

/// Pixels of the windows of these outputs of one row that lie inside the map, each as often as an
/// output needs it.
std::uint64_t taps_inside(const numbers::Layer& layer, std::uint32_t first, std::uint32_t count);

/// Pixels of a row whose windows, all channels of them, fit so many bits of a buffer; 0 if not even
/// one pixel's does. At most the row.
std::uint32_t window_pixels(const numbers::Layer& layer, std::uint64_t buffer_bits);

/// Calls visit(first pixel, pixels) for the steps of a tile, pieces of at most `most` pixels of a
/// row.
template <typename Visit>
void for_each_step(const numbers::Layer& layer, const Tile& tile, std::uint32_t most, Visit visit) {
  const auto width = static_cast<std::uint32_t>(layer.out.width);
  const std::uint32_t end = tile.first_pixel + tile.pixels;
  for (std::uint32_t pixel = tile.first_pixel; pixel < end;) {
    const std::uint32_t count = std::min({most, width - pixel % width, end - pixel});
    visit(pixel, count);
    pixel += count;
  }
}

}  // namespace cairn::npu
