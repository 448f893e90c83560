// Peak of live feature bits by brute force.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::test {

/// Every output pixel that a tile has begun to write is alive, and so is every input pixel, of both
/// inputs of an addition, while it, or an older one, is needed by an output pixel that is not
/// finished. `frees_inputs` false: inputs stay.
inline std::uint64_t live_set_peak(const numbers::Layer& l, std::span<const npu::Tile> tiles,
                                   bool frees_inputs = true) {
  using numbers::Op;
  const auto in_pixels = static_cast<std::uint32_t>(l.in.pixels()),
             out_pixels = static_cast<std::uint32_t>(l.out.pixels());
  const auto needs = [&](std::uint32_t output, std::uint32_t input) {
    if (l.op == Op::fully_connected) return true;
    const auto in_width = static_cast<std::uint32_t>(l.in.width),
               out_width = static_cast<std::uint32_t>(l.out.width);
    const int y = static_cast<int>(input / in_width) -
                  (static_cast<int>(output / out_width) * l.stride_h - l.pad_top);
    const int x = static_cast<int>(input % in_width) -
                  (static_cast<int>(output % out_width) * l.stride_w - l.pad_left);
    return y >= 0 && y < l.kernel_h && x >= 0 && x < l.kernel_w;
  };
  std::vector<std::uint32_t> last_use(in_pixels, 0);  // output pixel, counted from 1
  for (std::uint32_t i = 0; i < in_pixels; ++i)
    for (std::uint32_t o = 0; o < out_pixels; ++o)
      if (needs(o, i)) last_use[i] = o + 1;

  const auto in_bits = static_cast<std::uint64_t>(
      l.in.channels * (l.in_type.bits + (l.op == Op::add ? l.second_type.bits : 0)));
  const auto out_bits = static_cast<std::uint64_t>(l.out.channels * l.out_type.bits);
  std::uint64_t peak = in_pixels * in_bits;
  std::uint32_t placed = 0, finished = 0, dead = 0;
  for (const npu::Tile& t : tiles) {
    if (t.first_input + t.inputs != static_cast<std::uint32_t>(l.in.channels)) continue;
    for (std::uint32_t pixel = t.first_pixel; pixel < t.first_pixel + t.pixels; ++pixel) {
      while (frees_inputs && finished > 0 && dead < in_pixels && last_use[dead] <= finished)
        ++dead;
      placed = std::max(placed, pixel + 1);
      peak = std::max(peak, (in_pixels - dead) * in_bits + placed * out_bits);
      if (t.first_channel + t.channels == static_cast<std::uint32_t>(l.out.channels))
        finished = pixel + 1;
    }
  }
  return peak;
}

}  // namespace cairn::test
