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

/// True if column x of the input lies in the window of one of the output columns.
inline bool column_used(const numbers::Layer& layer, int x, int first_column, int last_column) {
  if (layer.op == numbers::Op::fully_connected) return true;
  for (int column = first_column; column <= last_column; ++column) {
    const int left = column * layer.stride_w - layer.pad_left;
    if (x >= left && x < left + layer.kernel_w) return true;
  }
  return false;
}

}  // namespace cairn::npu
