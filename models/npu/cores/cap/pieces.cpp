#include "models/npu/cores/cap/pieces.hpp"

#include <algorithm>

namespace cairn::npu::cap {

using numbers::Layer;
using numbers::Op;
using numbers::WeightEncoding;

namespace {

std::uint32_t rows_of_group(const Layer& layer, std::uint32_t outputs) {
  const Encoding encoding = encoding_of(layer);
  return static_cast<std::uint32_t>(
      rows_of(encoding, static_cast<int>(outputs) * planes_of(layer, encoding)));
}

}  // namespace

MacroSize::MacroSize(const Geometry& g)
    : rows(static_cast<std::uint32_t>(g.at("rows"))),
      columns(static_cast<std::uint32_t>(g.at("columns"))),
      planes(static_cast<std::uint32_t>(g.at("planes"))),
      dac_bits(static_cast<std::uint32_t>(g.at("dac_bits"))) {}

Encoding encoding_of(const Layer& layer) {
  return layer.weight_encoding == WeightEncoding::twos_complement ? Encoding::weighted
                                                                  : Encoding::differential;
}

std::uint32_t dac_slices(const Layer& layer, const MacroSize& size) {
  return static_cast<std::uint32_t>(dac_slices_of(layer, static_cast<int>(size.dac_bits)));
}

std::uint32_t row_groups(const Layer& layer, std::uint32_t outputs, const MacroSize& size) {
  return (rows_of_group(layer, outputs) + size.rows - 1) / size.rows;
}

std::vector<Piece> pieces_of(const Layer& layer, const numbers::ChannelRange& channels,
                             const MacroSize& size) {
  const auto first = static_cast<std::uint32_t>(channels.first),
             end = first + static_cast<std::uint32_t>(channels.count);
  const auto operands = static_cast<std::uint32_t>(layer.inputs_per_output());
  const auto outputs_of_input =
      static_cast<std::uint32_t>(layer.out.channels / layer.in.channels);  // depthwise
  std::vector<Piece> pieces;
  for (std::uint32_t output = first; output < end;) {
    const std::uint32_t group_end =
        layer.op == Op::depthwise ? (output / outputs_of_input + 1) * outputs_of_input : end;
    Piece piece{output, std::min(group_end, end) - output, 0, 0, 0, 0};
    const std::uint32_t rows = rows_of_group(layer, piece.outputs);
    for (std::uint32_t begin = 0; begin < operands; begin += size.columns, ++piece.chunk) {
      piece.columns = std::min(size.columns, operands - begin);
      for (piece.first_row = 0; piece.first_row < rows; piece.first_row += size.rows) {
        piece.rows = std::min(size.rows, rows - piece.first_row);
        pieces.push_back(piece);
      }
    }
    output += piece.outputs;
  }
  return pieces;
}

}  // namespace cairn::npu::cap
