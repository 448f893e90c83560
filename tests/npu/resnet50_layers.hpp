// The convolutions of ResNet-50 without its residual paths, 224x224.
#pragma once

#include <array>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::test {

enum class StrideAt : std::uint8_t { first_1x1, conv_3x3 };  ///< v1; v1.5

inline numbers::Layer square_convolution(int in_size, int in_channels, int out_channels, int kernel,
                                         int stride, int bits) {
  numbers::Layer l;
  l.op = numbers::Op::convolution;
  l.in = {in_size, in_size, in_channels};
  l.out = {in_size / stride, in_size / stride, out_channels};
  l.kernel_h = l.kernel_w = kernel;
  l.stride_h = l.stride_w = stride;
  l.pad_top = l.pad_left = kernel / 2;
  l.in_type = l.out_type = {bits, false, 0};
  l.weight_bits = bits;
  l.requantisation = numbers::Requantisation::multiply;
  return l;
}

/// All 49 convolutions, features and weights of `bits` but for the first one's (8 bits).
inline std::vector<numbers::Layer> resnet50_convolutions(StrideAt where, int bits) {
  std::vector<numbers::Layer> layers = {square_convolution(224, 3, 64, 7, 2, 8)};
  layers.back().out_type.bits = bits;
  int size = 56, channels = 64;
  constexpr std::array kBlocks = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage)
    for (int block = 0; block < kBlocks[stage]; ++block) {
      const int middle = 64 << stage, stride = stage > 0 && block == 0 ? 2 : 1;
      const int first = where == StrideAt::first_1x1 ? stride : 1, second = stride / first;
      layers.push_back(square_convolution(size, channels, middle, 1, first, bits));
      layers.push_back(square_convolution(size / first, middle, middle, 3, second, bits));
      size /= stride;
      channels = 4 * middle;
      layers.push_back(square_convolution(size, middle, channels, 1, 1, bits));
    }
  return layers;
}

}  // namespace cairn::test
