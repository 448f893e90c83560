// Layers small enough to follow by hand, and operands that make their outputs differ.
#pragma once

#include <algorithm>

#include "tests/numbers/random_layer.hpp"

namespace cairn::test {

/// A convolution of 4-bit features and weights, padded to keep the size (divided by the stride).
inline numbers::Layer convolution(const numbers::Shape& in, int out_channels, int kernel,
                                  int stride = 1) {
  numbers::Layer l;
  l.op = numbers::Op::convolution;
  l.in = in;
  l.out = {(in.height - 1) / stride + 1, (in.width - 1) / stride + 1, out_channels};
  l.kernel_h = l.kernel_w = kernel;
  l.stride_h = l.stride_w = stride;
  l.pad_top = l.pad_left = kernel / 2;
  l.in_type = l.out_type = {4, false, 0};
  l.weight_bits = 4;
  l.requantisation = numbers::Requantisation::thresholds;
  return l;
}

inline numbers::Layer max_pool(const numbers::Shape& in, int kernel, int stride) {
  numbers::Layer l = convolution(in, in.channels, kernel, stride);
  l.op = numbers::Op::max_pool;
  l.weight_bits = 0;
  l.requantisation = numbers::Requantisation::none;
  return l;
}

/// The sum of two maps of 4-bit features, each counted from its own zero point.
inline numbers::Layer addition(const numbers::Shape& shape) {
  numbers::Layer l = convolution(shape, shape.channels, 1);
  l.op = numbers::Op::add;
  l.weight_bits = 0;
  l.in_type.zero_point = 3;
  l.second_type = {4, false, 5};
  l.scale = 40;
  l.second_scale = 25;
  return l;
}

/// Random operands; thresholds lie where the accumulators of a small layer do.
inline numbers::test::Case operands(const numbers::Layer& layer, std::uint64_t seed) {
  numbers::test::Random random(seed);
  numbers::test::Case c = random.make(layer);
  for (auto& feature : c.in)
    feature = static_cast<std::int16_t>(random.in(layer.in_type.low(), layer.in_type.high()));
  for (auto& weight : c.weights)
    weight = static_cast<std::int8_t>(
        random.in(-(1 << (layer.weight_bits - 1)), (1 << (layer.weight_bits - 1)) - 1));
  for (auto& threshold : c.table.thresholds)
    threshold = random.in(-400, 400);
  return c;
}

}  // namespace cairn::test
