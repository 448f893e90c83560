// How the kernels see a layer's input: one window over a padded map.
#pragma once

#include <cstdint>

#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers {

/// The map has the padding in place and leaves out the rows and columns that no window reads; of a
/// 1x1 window with a stride only the pixels that it visits are kept. A fully connected layer is a
/// window over the whole input.
struct MapLayout {
  explicit MapLayout(const Layer& layer);

  /// The first operand of output pixel `pixel`, in bytes from the map's beginning.
  std::int64_t window(std::int64_t pixel) const {
    return pixel / out_width * stride_h * row_pitch + pixel % out_width * stride_w * pixel_pitch;
  }
  /// True if the windows of consecutive output pixels are `pixel_pitch` apart, and whole: one row
  /// of operands each.
  bool is_pointwise() const { return kernel_h == 1 && kernel_w == 1 && is_dense; }
  /// Bytes of one input's map.
  std::int64_t size() const { return height * row_pitch; }

  int kernel_h, kernel_w, stride_h, stride_w;
  int keep_h = 1, keep_w = 1;  ///< only every keep-th row and column of the input is in the map
  int pad_top, pad_left;
  int repeat;                  ///< times each input channel appears (depthwise multiplier)
  std::int64_t height, width;  ///< with padding
  std::int64_t out_width;
  std::int64_t pixel_pitch, row_pitch;  ///< bytes
  bool is_padded;                       ///< some window reads padding
  bool is_dense;                        ///< stride 1 and as wide as the output
};

}  // namespace cairn::numbers
