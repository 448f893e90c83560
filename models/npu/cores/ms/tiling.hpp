// Lists of tiles: a layer cut into blocks of output pixels and chunks of channels.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::ms {

/// Output pixels that pass over the weights together: pieces of a row, or whole rows.
struct PixelBlocks {
  std::uint32_t rows = 1;     ///< rows of a block
  std::uint32_t columns = 0;  ///< with rows == 1: pixels of a piece of a row; 0: the whole row

  std::uint32_t most_pixels(const numbers::Layer& layer) const;
  std::uint64_t count(const numbers::Layer& layer) const;
};

/// Whole rows where `pixels` are at least one, else pieces of a row, whole steps if `pixels` allow.
PixelBlocks blocks_of_at_most(const numbers::Layer& layer, std::uint32_t pixels,
                              std::uint32_t step_pixels);

/// All blocks, with all channels, in raster order.
std::vector<Tile> pixel_blocks(const numbers::Layer& layer, const PixelBlocks& blocks);

/// For each block of pixels, for each chunk of `channels` output channels of the tile's: a tile.
std::vector<Tile> chunked(const std::vector<Tile>& blocks, std::uint32_t channels);

/// Output channels in chunks of `outputs`, for each of them input channels in chunks of `inputs`,
/// each tile over all pixels. Only for convolutions.
std::vector<Tile> weight_stationary(const numbers::Layer& layer, std::uint32_t outputs,
                                    std::uint32_t inputs);

/// Everything in one tile.
Tile whole(const numbers::Layer& layer);

}  // namespace cairn::npu::ms
