// How the weights of a layer are cut into rectangles of cells.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/cores/cap/macro/layer_mapping.hpp"
#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::cap {

/// The macro's sizes that decide how layers are cut.
struct MacroSize {
  std::uint32_t rows = 64, columns = 128, planes = 8;
  std::uint32_t dac_bits = 3;

  explicit MacroSize(const Geometry& geometry);
  std::uint64_t cells() const { return std::uint64_t{rows} * columns * planes; }
};

/// `differential` where the layer's weights are ternary or binary by their type, else `weighted`.
Encoding encoding_of(const numbers::Layer& layer);

/// DAC slices of a feature: evaluations of the same cells.
std::uint32_t dac_slices(const numbers::Layer& layer, const MacroSize& size);

/// Rows that an evaluation takes at once, of one chunk of a dot product's operands. Outputs that
/// read the same features (all of them, or of a depthwise layer those of one input channel) are a
/// group and have row after row: `weighted` bit by bit from the lowest, each bit one row an
/// output; `differential` two rows an output, the cells of +1 and of -1.
struct Piece {
  std::uint32_t first_output = 0, outputs = 0;  ///< the group: output channels of the layer
  std::uint32_t chunk = 0;                      ///< operands [chunk * columns, + columns)
  std::uint32_t first_row = 0, rows = 0;        ///< of the group's rows
  std::uint32_t columns = 0;
  bool operator==(const Piece&) const = default;
};

/// The pieces of these output channels, in the order in which they are evaluated: group by group,
/// chunk by chunk, at most size.rows rows each. The layer has weights.
std::vector<Piece> pieces_of(const numbers::Layer& layer, const numbers::ChannelRange& channels,
                             const MacroSize& size);

/// Pieces of each chunk of the group that a piece belongs to.
std::uint32_t row_groups(const numbers::Layer& layer, std::uint32_t outputs, const MacroSize& size);

}  // namespace cairn::npu::cap
