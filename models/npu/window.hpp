// Which input pixels an output pixel needs.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

/// A rectangle of input pixels, clipped to the map; empty where rows or columns are.
struct Window {
  int top = 0, bottom = 0;  ///< rows [top, bottom)
  int left = 0, right = 0;  ///< columns [left, right)

  bool empty() const { return top >= bottom || left >= right; }
};

/// The window of the output pixels (row, first_column .. last_column), padding clipped away.
inline Window window_of(const numbers::Layer& layer, int row, int first_column, int last_column) {
  if (layer.op == numbers::Op::fully_connected) return {0, layer.in.height, 0, layer.in.width};
  const int top = row * layer.stride_h - layer.pad_top;
  const int left = first_column * layer.stride_w - layer.pad_left;
  const int right = last_column * layer.stride_w - layer.pad_left + layer.kernel_w;
  return {std::max(top, 0), std::min(top + layer.kernel_h, layer.in.height), std::max(left, 0),
          std::min(right, layer.in.width)};
}

/// True if position x of an axis lies in the window of one of the outputs first..last.
inline bool position_used(int x, int kernel, int stride, int pad, int first, int last) {
  if (kernel >= stride) return x >= first * stride - pad && x < last * stride - pad + kernel;
  for (int output = first; output <= last; ++output) {
    const int begin = output * stride - pad;
    if (x >= begin && x < begin + kernel) return true;
  }
  return false;
}

/// True if column x of the input lies in the window of one of the output columns.
inline bool column_used(const numbers::Layer& layer, int x, int first_column, int last_column) {
  return layer.op == numbers::Op::fully_connected ||
         position_used(x, layer.kernel_w, layer.stride_w, layer.pad_left, first_column,
                       last_column);
}

/// Positions 0..in-1 of an axis that lie in the window of one of the outputs first..last.
inline int positions_used(int in, int kernel, int stride, int pad, int first, int last) {
  const auto clipped = [&](int begin, int end) {
    return std::max(0, std::min(end, in) - std::max(begin, 0));
  };
  if (kernel >= stride) return clipped(first * stride - pad, last * stride - pad + kernel);
  int used = 0;
  for (int output = first; output <= last; ++output)
    used += clipped(output * stride - pad, output * stride - pad + kernel);
  return used;
}

/// Rows and columns of the input that the output rows or columns first..last need.
inline int rows_used(const numbers::Layer& layer, int first, int last) {
  if (layer.op == numbers::Op::fully_connected) return layer.in.height;
  return positions_used(layer.in.height, layer.kernel_h, layer.stride_h, layer.pad_top, first,
                        last);
}
inline int columns_used(const numbers::Layer& layer, int first, int last) {
  if (layer.op == numbers::Op::fully_connected) return layer.in.width;
  return positions_used(layer.in.width, layer.kernel_w, layer.stride_w, layer.pad_left, first,
                        last);
}

}  // namespace cairn::npu
