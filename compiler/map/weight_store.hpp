// What lies in the weight SRAM from tile to tile, and what must be loaded.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::compiler {

/// Where the block of one tile lies while it computes. Tiles are counted in the order of the list.
struct BlockUse {
  std::uint32_t offset = 0;  ///< first byte in the weight SRAM, a multiple of 64
  bool is_load = false;      ///< the block is not there yet
  /// Of a load: tiles that must have been computed before it may begin, counted from the first:
  /// they use the blocks that lie where this one goes.
  std::uint32_t computed_before = 0;
};

/// The blocks that tiles use, in order: `ids[i]` is what tile i uses, blocks with equal numbers are
/// the same; `bytes[id]` is a block's size, 0 for none, at most `capacity`.
///
/// A block stays until its place is needed. Where possible, a block does not go where the tile
/// before it has its own, so that it can be loaded while that one computes; then what is needed
/// latest makes room.
std::vector<BlockUse> place_blocks(const std::vector<std::uint32_t>& ids,
                                   const std::vector<std::uint32_t>& bytes, std::uint32_t capacity);

}  // namespace cairn::compiler
