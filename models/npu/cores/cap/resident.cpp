#include "models/npu/cores/cap/resident.hpp"

#include <algorithm>

#include "models/npu/command.hpp"

namespace cairn::npu::cap {

using numbers::Layer;

CellRow cell_row(const Layer& layer, std::uint32_t outputs, std::uint32_t row) {
  const Encoding encoding = encoding_of(layer);
  if (encoding == Encoding::differential) return {row / 2, row % 2 == 0 ? 1 : -1};
  return {row % outputs, plane_weight(layer, encoding, static_cast<int>(row / outputs))};
}

namespace {

/// Whether the cell of a row holds a one for this weight.
bool has_part(const CellRow& row, Encoding encoding, std::int8_t weight) {
  if (encoding == Encoding::differential) return weight == row.weight;
  const int bit = row.weight < 0 ? -row.weight : row.weight;
  return (static_cast<std::uint8_t>(weight) & static_cast<unsigned>(bit)) != 0;
}

}  // namespace

std::vector<std::uint8_t> bits_of(const Layer& layer, const Piece& piece,
                                  std::span<const std::int8_t> weights, const MacroSize& size) {
  const auto operands = static_cast<std::size_t>(layer.inputs_per_output());
  const Encoding encoding = encoding_of(layer);
  std::vector<std::uint8_t> bits((std::size_t{piece.rows} * piece.columns + 63) / 64 * 8);
  std::size_t cell = 0;
  for (std::uint32_t r = 0; r < piece.rows; ++r) {
    const CellRow row = cell_row(layer, piece.outputs, piece.first_row + r);
    const std::size_t first =
        (piece.first_output + row.output) * operands + std::size_t{piece.chunk} * size.columns;
    for (std::uint32_t c = 0; c < piece.columns; ++c, ++cell)
      if (has_part(row, encoding, weights[first + c]))
        bits[cell / 8] = static_cast<std::uint8_t>(bits[cell / 8] | 1u << (cell % 8));
  }
  return bits;
}

std::span<const CellRegion> regions_of(const Tile& tile, std::span<const Piece> pieces,
                                       std::span<const CellRegion> regions) {
  const std::size_t first = std::size_t{tile.cells} - 1;
  if (first + pieces.size() > regions.size())
    throw Fault{ErrorCode::bad_command, tile.cells, "a tile's weights are not in the cells"};
  const auto found = regions.subspan(first, pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i)
    if (found[i].rows != pieces[i].rows || found[i].columns != pieces[i].columns)
      throw Fault{ErrorCode::bad_command, tile.cells, "a tile's cells hold something else"};
  return found;
}

void CellArray::write(const CellRegion& region, std::span<const std::uint8_t> bits) {
  std::size_t bit = 0;
  for (std::uint32_t r = region.row; r < region.row + region.rows; ++r)
    for (std::uint32_t c = region.column; c < region.column + region.columns; ++c, ++bit)
      cells_[(std::size_t{region.plane} * size_.rows + r) * size_.columns + c] =
          (bits[bit / 8] >> (bit % 8) & 1) != 0;
}

std::vector<std::int8_t> CellArray::weights(const Layer& layer, const Tile& tile,
                                            std::span<const CellRegion> regions) const {
  const auto operands = static_cast<std::size_t>(layer.inputs_per_output());
  std::vector<std::int8_t> weights(tile.channels * operands);
  const std::vector<Piece> pieces = pieces_of(
      layer, {static_cast<int>(tile.first_channel), static_cast<int>(tile.channels)}, size_);
  const std::span<const CellRegion> places = regions_of(tile, pieces, regions);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& p = pieces[i];
    for (std::uint32_t r = 0; r < p.rows; ++r) {
      const CellRow row = cell_row(layer, p.outputs, p.first_row + r);
      std::int8_t* const out =
          &weights[(p.first_output + row.output - tile.first_channel) * operands +
                   std::size_t{p.chunk} * size_.columns];
      for (std::uint32_t c = 0; c < p.columns; ++c)
        if (at(places[i].plane, places[i].row + r, places[i].column + c))
          out[c] = static_cast<std::int8_t>(out[c] + row.weight);
    }
  }
  return weights;
}

}  // namespace cairn::npu::cap
