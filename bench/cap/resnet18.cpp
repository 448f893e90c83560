#include "bench/cap/resnet18.hpp"

namespace cairn::bench {

namespace {

numbers::Layer convolution(int size, int in, int out, int kernel, int stride, int bits) {
  numbers::Layer l;
  l.in = {size, size, in};
  l.out = {size / stride, size / stride, out};
  l.kernel_h = l.kernel_w = kernel;
  l.stride_h = l.stride_w = stride;
  l.pad_top = l.pad_left = kernel / 2;
  l.in_type = {bits, false, 0};
  l.out_type = {numbers::kAccumulatorBits, true, 0};
  l.weight_bits = bits;
  return l;
}

}  // namespace

std::vector<NamedLayer> resnet18(int bits) {
  std::vector<NamedLayer> layers{{"conv1", convolution(224, 3, 64, 7, 2, bits)}};
  int size = 56, in = 64;
  for (int stage = 0; stage < 4; ++stage) {
    const int out = 64 << stage;
    for (int block = 0; block < 2; ++block) {
      const int stride = stage > 0 && block == 0 ? 2 : 1;
      const std::string name = "layer" + std::to_string(stage + 1) + "." + std::to_string(block);
      layers.push_back({name + ".conv1", convolution(size, in, out, 3, stride, bits)});
      if (stride == 2)
        layers.push_back({name + ".downsample", convolution(size, in, out, 1, 2, bits)});
      size /= stride;
      in = out;
      layers.push_back({name + ".conv2", convolution(size, in, out, 3, 1, bits)});
    }
  }
  numbers::Layer fc = convolution(1, 512, 1000, 1, 1, bits);
  fc.op = numbers::Op::fully_connected;
  layers.push_back({"fc", fc});
  return layers;
}

}  // namespace cairn::bench
