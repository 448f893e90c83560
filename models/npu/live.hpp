// When input pixels die, and how much of a ring a layer therefore needs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu {

/// [output pixels]: the oldest input pixel (raster index) that any output after this one needs; the
/// number of input pixels where none is needed any more.
std::vector<std::uint32_t> live_from(const numbers::Layer& layer);

/// The most bits of a layer's input and output that are alive at once, with its tiles in this
/// order. An output pixel takes its place, all channels of it, when the first tile with its last
/// input channels writes it, and is finished by the tile with its last output channels, too; then
/// the inputs before `live` of it (live_from(layer), or zeros where inputs stay) are free. Of an
/// addition, the first input only.
std::uint64_t peak_live_bits(const numbers::Layer& layer, std::span<const std::uint32_t> live,
                             std::span<const Tile> tiles);

}  // namespace cairn::npu
