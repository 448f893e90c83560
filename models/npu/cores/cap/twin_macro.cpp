#include "models/npu/cores/cap/twin_macro.hpp"

#include <stdexcept>

namespace cairn::npu::cap {

using numbers::Layer;
using numbers::Op;
using numbers::WeightEncoding;

namespace {

std::uint32_t size(const Geometry& geometry, const char* key) {
  return static_cast<std::uint32_t>(geometry.at(key));
}

/// All rows of outputs [first, first + count) of the tile.
std::vector<TwinRow> rows_of(const Layer& layer, std::uint32_t first, std::uint32_t count) {
  std::vector<TwinRow> rows;
  if (layer.weight_encoding != WeightEncoding::twos_complement) {
    for (std::uint32_t c = first; c < first + count; ++c) {
      rows.push_back({c, 1, false});
      rows.push_back({c, -1, true});
    }
    return rows;
  }
  for (int bit = 0; bit < layer.weight_bits; ++bit)
    for (std::uint32_t c = first; c < first + count; ++c)
      rows.push_back({c, bit == layer.weight_bits - 1 ? -(1 << bit) : 1 << bit, true});
  return rows;
}

}  // namespace

std::vector<TwinPiece> twin_pieces(const Layer& layer, const Tile& tile, const Geometry& geometry) {
  const auto operands = static_cast<std::uint32_t>(layer.inputs_per_output());
  const std::uint32_t rows = size(geometry, "rows"), columns = size(geometry, "columns");
  const auto input_of = [&](std::uint32_t channel) {
    return static_cast<int>(tile.first_channel + channel) /
           (layer.out.channels / layer.in.channels);
  };
  std::vector<TwinPiece> pieces;
  for (std::uint32_t first = 0, count = 0; first < tile.channels; first += count) {
    count = tile.channels - first;
    if (layer.op == Op::depthwise)
      for (count = 1; first + count < tile.channels && input_of(first + count) == input_of(first);)
        ++count;
    const std::vector<TwinRow> all = rows_of(layer, first, count);
    for (std::uint32_t begin = 0; begin < operands; begin += columns)
      for (std::size_t row = 0; row < all.size(); row += rows) {
        const auto from = all.begin() + static_cast<std::ptrdiff_t>(row);
        const auto to = all.size() - row > rows ? from + rows : all.end();
        pieces.push_back({{from, to}, begin, std::min(begin + columns, operands)});
      }
  }
  return pieces;
}

bool twin_cell(const Layer& layer, std::uint32_t field, int part) {
  switch (layer.weight_encoding) {
    case WeightEncoding::binary:
      return (field == 1) == (part == 1);
    case WeightEncoding::ternary:
      return field == (part == 1 ? 0b01u : 0b11u);
    default:
      return (field & static_cast<std::uint32_t>(part < 0 ? -part : part)) != 0;
  }
}

TwinMacro::TwinMacro(const Geometry& geometry)
    : rows_(size(geometry, "rows")),
      columns_(size(geometry, "columns")),
      planes_(size(geometry, "planes")),
      cells_(std::size_t{rows_} * columns_ * planes_) {}

std::size_t TwinMacro::at(std::uint32_t plane, std::uint32_t row, std::uint32_t column) const {
  if (plane >= planes_ || row >= rows_ || column >= columns_)
    throw std::logic_error("no such cell");
  return (std::size_t{plane} * rows_ + row) * columns_ + column;
}

void TwinMacro::write(const CellRegion& region, std::uint32_t row, std::uint32_t column, bool one) {
  cells_[at(region.plane, region.row + row, region.column + column)] = one ? 1 : 0;
}

std::int64_t TwinMacro::sum(const CellRegion& region, std::uint32_t row,
                            std::span<const std::uint32_t> inputs) const {
  std::int64_t sum = 0;
  for (std::uint32_t c = 0; c < inputs.size(); ++c)
    if (cells_[at(region.plane, region.row + row, region.column + c)] != 0) sum += inputs[c];
  return sum;
}

}  // namespace cairn::npu::cap
