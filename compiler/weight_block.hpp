// Weights and table of one tile as they lie in the weight SRAM.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/network.hpp"
#include "models/npu/tile.hpp"

namespace cairn::compiler {

/// The packed weights of the tile's channels (numbers::pack_weights), then their table
/// (numbers::pack_table), which tiles without the last input channels do not have.
std::vector<std::uint8_t> weight_block(const NetworkLayer& layer, const npu::Tile& tile);

}  // namespace cairn::compiler
