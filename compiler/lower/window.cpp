#include "compiler/lower/window.hpp"

#include <algorithm>

namespace cairn::compiler {

namespace {

constexpr std::int64_t kMaxKernel = 255;  ///< the job format's 8-bit fields

/// The attribute as `count` numbers in low..high; all `fallback` if it is absent.
Dims read_sizes(const Operation& o, const std::string& name, std::size_t count, std::int64_t low,
                std::int64_t fallback) {
  Dims values = o.attributes().integers(name).value_or(Dims(count, fallback));
  if (values.size() != count)
    o.refuse("attribute '" + name + "' has " + std::to_string(values.size()) + " numbers, not " +
             std::to_string(count));
  for (const std::int64_t v : values)
    if (v < low || v > kMaxKernel)
      o.refuse("attribute '" + name + "' holds " + std::to_string(v) + ", which is not in " +
               std::to_string(low) + ".." + std::to_string(kMaxKernel));
  return values;
}

void pad_automatically(WindowAxis& axis, bool upper) {
  const int outputs = (axis.in + axis.stride - 1) / axis.stride;
  const int total = std::max((outputs - 1) * axis.stride + axis.kernel - axis.in, 0);
  axis.pad_begin = upper ? total / 2 : total - total / 2;
  axis.pad_end = total - axis.pad_begin;
}

void set_output(const Operation& o, WindowAxis& axis, bool ceil_mode) {
  const int span = axis.in + axis.pad_begin + axis.pad_end - axis.kernel;
  if (span < 0) o.refuse("its kernel is larger than its padded input");
  axis.out = (span + (ceil_mode ? axis.stride - 1 : 0)) / axis.stride + 1;
  // A last window that would begin in the padding at the end does not count.
  if (ceil_mode && (axis.out - 1) * axis.stride >= axis.in + axis.pad_begin) --axis.out;
}

}  // namespace

void Window::apply_to(numbers::Layer& layer) const {
  layer.kernel_h = y.kernel;
  layer.kernel_w = x.kernel;
  layer.stride_h = y.stride;
  layer.stride_w = x.stride;
  layer.pad_top = y.pad_begin;
  layer.pad_left = x.pad_begin;
  layer.out.height = y.out;
  layer.out.width = x.out;
}

Dims Window::out_dims(int channels, std::size_t rank) const {
  if (rank == 3) return {1, channels, x.out};
  return {1, channels, y.out, x.out};
}

Window read_window(const Builder& b, const Operation& o, const Dims& kernel) {
  const std::size_t axes = b.dims().size() - 2;  // 0 would be no map at all
  if (axes < 1 || kernel.size() != axes)
    o.refuse("its kernel does not have as many dimensions as its input");
  for (const std::int64_t k : kernel)
    if (k < 1 || k > kMaxKernel) o.refuse("kernel size " + std::to_string(k) + " is not in 1..255");
  const Dims strides = read_sizes(o, "strides", axes, 1, 1);
  Dims pads = read_sizes(o, "pads", 2 * axes, 0, 0);
  for (const std::int64_t d : read_sizes(o, "dilations", axes, 1, 1))
    if (d != 1) o.refuse("dilations other than 1 are not supported");
  const std::string auto_pad = o.attributes().text("auto_pad", "NOTSET");
  const bool ceil_mode = o.attributes().integer("ceil_mode", 0) != 0;

  const auto axis_of = [&](std::size_t i) {
    WindowAxis axis;
    axis.in = static_cast<int>(b.dims()[2 + i]);
    axis.kernel = static_cast<int>(kernel[i]);
    axis.stride = static_cast<int>(strides[i]);
    if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
      pad_automatically(axis, auto_pad == "SAME_UPPER");
    } else if (auto_pad == "NOTSET" || auto_pad.empty()) {
      axis.pad_begin = static_cast<int>(pads[i]);
      axis.pad_end = static_cast<int>(pads[axes + i]);
    } else if (auto_pad != "VALID") {
      o.refuse("auto_pad '" + auto_pad + "' is not known");
    }
    set_output(o, axis, ceil_mode);
    return axis;
  };
  Window window;
  window.x = axis_of(axes - 1);
  if (axes == 2) window.y = axis_of(0);
  return window;
}

}  // namespace cairn::compiler
