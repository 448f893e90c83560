// The weight blocks of a job: each packed once, and placed for every tile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/map/feature_plan.hpp"
#include "compiler/map/weight_store.hpp"
#include "compiler/network.hpp"

namespace cairn::compiler {

/// What one tile needs in the weight SRAM.
struct TileBlock {
  std::uint32_t source = 0;        ///< first byte among the packed blocks
  std::uint32_t bytes = 0;         ///< 0: no weights and no table
  std::uint32_t weight_bytes = 0;  ///< the table lies behind them
  BlockUse use;
};

struct TileBlocks {
  std::vector<std::uint8_t> packed;  ///< all blocks, each from a multiple of 64 bytes on
  std::vector<TileBlock> tiles;      ///< in the order of the plan's groups
};

/// Tiles of the same channels share a block. Throws InputError if one is larger than the weight
/// SRAM.
TileBlocks make_blocks(const Network& network, const FeaturePlan& plan,
                       std::uint32_t weight_sram_bytes);

}  // namespace cairn::compiler
