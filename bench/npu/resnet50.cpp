#include "bench/npu/resnet50.hpp"

#include <array>

namespace cairn::bench {

using numbers::Layer;
using numbers::Op;
using numbers::Requantisation;

namespace {

class Builder {
 public:
  Builder(int bits, Requantisation requantisation) : bits_(bits), requantisation_(requantisation) {}

  void add(const std::string& name, int size, int in, int out, int kernel, int stride) {
    Layer l;
    l.in = {size, size, in};
    l.kernel_h = l.kernel_w = kernel;
    l.stride_h = l.stride_w = stride;
    l.pad_top = l.pad_left = (kernel - 1) / 2;
    l.out = {(size - 1) / stride + 1, (size - 1) / stride + 1, out};
    const bool first = layers.empty();
    l.weight_bits = l.in_type.bits = first ? 8 : bits_;
    l.out_type.bits = bits_;
    l.requantisation = bits_ > 4 ? Requantisation::multiply : requantisation_;
    layers.push_back({name, l});
  }

  std::vector<NamedLayer> layers;

 private:
  int bits_;
  Requantisation requantisation_;
};

}  // namespace

std::vector<NamedLayer> resnet50(int bits, bool projections, Requantisation requantisation) {
  Builder net(bits, requantisation);
  net.add("conv1", 224, 3, 64, 7, 2);
  constexpr std::array kBlocks = {3, 4, 6, 3};
  int size = 56, channels = 64;
  for (int stage = 0; stage < 4; ++stage)
    for (int block = 0; block < kBlocks[static_cast<std::size_t>(stage)]; ++block) {
      const int width = 64 << stage, stride = stage > 0 && block == 0 ? 2 : 1;
      const std::string name = "conv" + std::to_string(stage + 2) + "_" + std::to_string(block + 1);
      if (projections && block == 0)
        net.add(name + " shortcut", size, channels, 4 * width, 1, stride);
      net.add(name + " reduce", size, channels, width, 1, stride);
      size = (size - 1) / stride + 1;
      net.add(name + " 3x3", size, width, width, 3, 1);
      net.add(name + " expand", size, width, 4 * width, 1, 1);
      channels = 4 * width;
    }
  net.add("fc", 1, channels, 1000, 1, 1);
  net.layers.back().layer.op = Op::fully_connected;
  return net.layers;
}

}  // namespace cairn::bench
