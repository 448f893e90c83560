// Where weight blocks lie in the weight SRAM, and what must be computed before they may be loaded.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::compiler {

/// One layer's block. A layer without weights and tables has bytes 0.
struct WeightBlock {
  std::uint32_t bytes = 0;   ///< multiple of 8
  std::uint32_t offset = 0;  ///< first byte in the weight SRAM, multiple of 64
  /// Layers that must have been computed before loading begins, counted from the first: the blocks
  /// that lie where this one goes belong to them.
  std::uint32_t computed_before = 0;
};

/// Places blocks of the given sizes, in layer order, in an SRAM of `capacity` bytes. None may be
/// larger than that.
///
/// A block waits for as few layers as possible. Whenever two consecutive blocks fit together they
/// do not overlap, so that a layer's weights can be loaded while the layer before it computes.
std::vector<WeightBlock> place_weights(const std::vector<std::uint32_t>& bytes,
                                       std::uint32_t capacity);

}  // namespace cairn::compiler
