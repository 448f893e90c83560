#include "models/npu/operands.hpp"

#include "models/npu/window.hpp"

namespace cairn::npu {

using numbers::Layer;
using numbers::Op;

std::uint64_t operand_bits(const Layer& layer) {
  return static_cast<std::uint64_t>(layer.in_type.bits +
                                    (layer.op == Op::add ? layer.second_type.bits : 0));
}

std::uint64_t dot_operands(const Layer& layer, const Tile& tile) {
  const std::uint64_t all = layer.inputs_per_output();
  return layer.op == Op::convolution ? all / layer.in.channels * tile.inputs : all;
}

bool is_channelwise(const Layer& layer) {
  return layer.op != Op::convolution && layer.op != Op::fully_connected;
}

bool has_unstorable_padding(const Layer& layer) {
  if (layer.op == Op::fully_connected) return false;
  const bool is_padded =
      layer.pad_top > 0 || layer.pad_left > 0 ||
      (layer.out.height - 1) * layer.stride_h + layer.kernel_h > layer.in.height ||
      (layer.out.width - 1) * layer.stride_w + layer.kernel_w > layer.in.width;
  return is_padded && (layer.in_type.zero_point < layer.in_type.low() ||
                       layer.in_type.zero_point > layer.in_type.high());
}

std::uint64_t taps_inside(const Layer& layer, std::uint32_t first, std::uint32_t count) {
  const auto width = static_cast<std::uint32_t>(layer.out.width);
  const auto row = static_cast<int>(first / width), column = static_cast<int>(first % width);
  std::uint64_t taps = 0;
  for (int c = column; c < column + static_cast<int>(count); ++c) {
    const Window w = window_of(layer, row, c, c);
    if (!w.empty()) taps += std::uint64_t(w.bottom - w.top) * (w.right - w.left);
  }
  return taps;
}

std::uint32_t window_pixels(const Layer& layer, std::uint64_t buffer_bits) {
  const std::uint64_t room =
      buffer_bits / (static_cast<std::uint64_t>(layer.in.channels) * operand_bits(layer));
  const bool is_whole_map = layer.op == Op::fully_connected;
  const std::uint64_t rows = is_whole_map ? layer.in.height : layer.kernel_h;
  const std::uint64_t columns = is_whole_map ? layer.in.width : layer.kernel_w;
  if (rows * columns > room) return 0;
  const std::uint64_t by_window = (room / rows - columns) / layer.stride_w + 1;
  return static_cast<std::uint32_t>(
      std::min(by_window, static_cast<std::uint64_t>(layer.out.width)));
}

}  // namespace cairn::npu
