// Weights in the cells: what the cells of a piece hold, and back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/cells.hpp"
#include "models/npu/cores/cap/pieces.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::cap {

/// The weight that a row of a piece holds a part of, and which part.
struct CellRow {
  std::uint32_t output = 0;  ///< of the piece's group
  int weight = 0;            ///< what a one counts
};
/// `row`: of the group's rows, see Piece.
CellRow cell_row(const numbers::Layer& layer, std::uint32_t outputs, std::uint32_t row);

/// See Mapping::cell_bits(), for one piece. `weights`: of the whole layer.
std::vector<std::uint8_t> bits_of(const numbers::Layer& layer, const Piece& piece,
                                  std::span<const std::int8_t> weights, const MacroSize& size);

/// The regions that hold a tile's pieces. Throws Fault (bad_command) if they are not there or have
/// other shapes.
std::span<const CellRegion> regions_of(const Tile& tile, std::span<const Piece> pieces,
                                       std::span<const CellRegion> regions);

/// All cells of the macro.
class CellArray {
 public:
  explicit CellArray(const MacroSize& size)
      : size_(size), cells_(static_cast<std::size_t>(size.cells())) {}

  /// The region lies inside the array.
  void write(const CellRegion& region, std::span<const std::uint8_t> bits);
  bool at(std::uint32_t plane, std::uint32_t row, std::uint32_t column) const {
    return cells_[(std::size_t{plane} * size_.rows + row) * size_.columns + column];
  }

  /// The weights of a tile's output channels, as numbers::unpack_weights gives them.
  std::vector<std::int8_t> weights(const numbers::Layer& layer, const Tile& tile,
                                   std::span<const CellRegion> regions) const;

 private:
  const MacroSize size_;
  std::vector<bool> cells_;
};

}  // namespace cairn::npu::cap
