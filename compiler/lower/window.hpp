// Kernel, stride and padding of convolutions and poolings.
#pragma once

#include "compiler/lower/builder.hpp"

namespace cairn::compiler {

/// One axis of a sliding window.
struct WindowAxis {
  int in = 1, out = 1, kernel = 1, stride = 1, pad_begin = 0, pad_end = 0;

  /// Some window leaves the map and its declared padding (ceil_mode).
  bool overhangs() const { return (out - 1) * stride + kernel > in + pad_begin + pad_end; }
  bool padded() const { return pad_begin > 0 || pad_end > 0 || overhangs(); }
};

/// Vertical and horizontal; one-dimensional maps have height 1.
struct Window {
  WindowAxis y, x;

  /// Sets kernel, stride, padding and the output's height and width.
  void apply_to(numbers::Layer& layer) const;
  /// [1, channels, out...] with as many axes as the model's tensor has.
  Dims out_dims(int channels, std::size_t rank) const;
};

/// Reads strides, pads, auto_pad, dilations and ceil_mode for a kernel of the given spatial size,
/// applied to the builder's value. Throws InputError for dilations and for impossible sizes.
Window read_window(const Builder& builder, const Operation& operation, const Dims& kernel);

}  // namespace cairn::compiler
