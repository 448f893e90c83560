// One tile of a layer computed pixel by pixel from packed bits, by its definition.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/command.hpp"

namespace cairn::test {

/// A ring as the bytes that it begins with.
struct RingBytes {
  std::span<std::uint8_t> bytes;
  std::uint64_t bits = 0;
};

/// What a tile works on; `second` only for an addition, `partial` only where a tile has not all
/// input channels.
struct TileMemories {
  RingBytes in, second, out, partial;
  std::span<const std::uint8_t> weights;
};

/// Every output pixel is written before the next one's inputs are read, so that outputs may take
/// the place of inputs which no later output needs, and of no others.
void compute_tile(const numbers::Layer& layer, const npu::LayerPlacement& place,
                  const npu::Tile& tile, const job::TileCommand& command,
                  const TileMemories& memories);

}  // namespace cairn::test
