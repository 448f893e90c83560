// The array of the stepped twin: cells that multiply, rows that add, ideal converters.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/cells.hpp"
#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::cap {

/// One row of an evaluation: a part of one output's weights.
struct TwinRow {
  std::uint32_t channel = 0;  ///< of the tile
  int part = 0;               ///< what a one of its cells counts
  bool converts = true;       ///< else the row after it brings the conversion of both
};

/// Rows that are evaluated at once, over operands [begin, end) of each output.
struct TwinPiece {
  std::vector<TwinRow> rows;
  std::uint32_t begin = 0, end = 0;
};

/// The pieces of a tile's weights, in the order of their evaluation.
std::vector<TwinPiece> twin_pieces(const numbers::Layer& layer, const Tile& tile,
                                   const Geometry& geometry);

/// Whether a cell with this part of a weight holds a one. `field`: the weight's bits.
bool twin_cell(const numbers::Layer& layer, std::uint32_t field, int part);

class TwinMacro {
 public:
  explicit TwinMacro(const Geometry& geometry);

  void write(const CellRegion& region, std::uint32_t row, std::uint32_t column, bool one);
  /// One row's sum of inputs where its cells hold ones.
  std::int64_t sum(const CellRegion& region, std::uint32_t row,
                   std::span<const std::uint32_t> inputs) const;

 private:
  std::size_t at(std::uint32_t plane, std::uint32_t row, std::uint32_t column) const;

  const std::uint32_t rows_, columns_, planes_;
  std::vector<std::uint8_t> cells_;
};

}  // namespace cairn::npu::cap
