#include "models/npu/numbers/map_layout.hpp"

namespace cairn::numbers {

MapLayout::MapLayout(const Layer& layer)
    : kernel_h(layer.kernel_h),
      kernel_w(layer.kernel_w),
      stride_h(layer.stride_h),
      stride_w(layer.stride_w),
      pad_top(layer.pad_top),
      pad_left(layer.pad_left),
      repeat(layer.op == Op::depthwise ? layer.out.channels / layer.in.channels : 1),
      out_width(layer.out.width),
      pixel_pitch(std::int64_t{layer.in.channels} * repeat) {
  if (layer.op == Op::fully_connected) {
    kernel_h = layer.in.height;
    kernel_w = layer.in.width;
  }
  if (kernel_h == 1 && kernel_w == 1) {
    keep_h = stride_h;
    keep_w = stride_w;
    stride_h = stride_w = 1;
  }
  height = std::int64_t{layer.out.height - 1} * stride_h + kernel_h;
  width = std::int64_t{layer.out.width - 1} * stride_w + kernel_w;
  row_pitch = width * pixel_pitch;
  is_padded = pad_top > 0 || pad_left > 0 || (height - 1 - pad_top) * keep_h >= layer.in.height ||
              (width - 1 - pad_left) * keep_w >= layer.in.width;
  is_dense = stride_h == 1 && stride_w == 1 && width == out_width;
}

}  // namespace cairn::numbers
