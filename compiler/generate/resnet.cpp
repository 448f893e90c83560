// Residual networks (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, table 1;
// the one of depth 20 is that of section 4.2).
#include <map>
#include <vector>

#include "compiler/generate/architecture.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

struct Depth {
  std::vector<int> blocks;  ///< of each stage
  bool bottleneck;
  int width = 64;  ///< of the first stage
};

const Depth& depth_of(const Generator& g) {
  static const std::map<int, Depth> kDepths = {
      {20, {{3, 3, 3}, false, 16}}, {18, {{2, 2, 2, 2}, false}},  {34, {{3, 4, 6, 3}, false}},
      {50, {{3, 4, 6, 3}, true}},   {101, {{3, 4, 23, 3}, true}}, {152, {{3, 8, 36, 3}, true}}};
  const auto found = kDepths.find(g.depth);
  if (found == kDepths.end())
    throw InputError("generate.depth must be 18, 20, 34, 50, 101 or 152 for a resnet, not " +
                     std::to_string(g.depth));
  if (g.depth == 20 && g.size != "cifar")
    throw InputError("generate.depth 20 needs generate.size \"cifar\"");
  return found->second;
}

/// One block at a time, each reading the one before.
class ResNet {
 public:
  ResNet(const Generator& g, const numbers::Shape& input)
      : builder_(input), depth_(depth_of(g)), residual_(g.residual) {
    if (g.variant != "v1" && g.variant != "v1.5")
      throw InputError("generate.variant must be \"v1\" or \"v1.5\", not \"" + g.variant + "\"");
    stride_in_3x3_ = g.variant == "v1.5";
    const bool cifar = g.size == "cifar";
    at_ = builder_.convolution("conv1", kNetworkInput, depth_.width, cifar ? 3 : 7, cifar ? 1 : 2);
    // With basic blocks the first shortcut adds these channels to the first block's.
    if (residual_ && !depth_.bottleneck) builder_.set_mask_group(at_, "conv2");
    if (!cifar) at_ = builder_.max_pool("pool1", at_, 3, 2, 1);
  }

  Architecture run(int classes) {
    int number = 1, width = depth_.width;
    for (const int blocks : depth_.blocks) {
      const std::string name = "conv" + std::to_string(++number);
      for (int i = 0; i < blocks; ++i)
        block(name, i + 1, width, number > 2 && i == 0 ? 2 : 1);
      width *= 2;
    }
    const int pooled = builder_.global_average_pool("pool" + std::to_string(number), at_);
    builder_.fully_connected("fc", pooled, classes);
    return builder_.finish();
  }

 private:
  void block(const std::string& stage, int number, int width, int stride) {
    const std::string name = stage + "." + std::to_string(number) + ".";
    const int channels = depth_.bottleneck ? 4 * width : width;
    const bool projects = residual_ && (stride != 1 || builder_.channels(at_) != channels);
    const bool early = !depth_.bottleneck || !stride_in_3x3_;
    const int a =
        builder_.convolution(name + "a", at_, width, depth_.bottleneck ? 1 : 3, early ? stride : 1);
    int shortcut = at_;
    if (projects) {
      shortcut = builder_.convolution(name + "projection", at_, channels, 1, stride, false);
      builder_.set_mask_group(shortcut, stage);
    }
    int last = builder_.convolution(name + "b", a, width, 3, early ? 1 : stride,
                                    depth_.bottleneck || !residual_);
    if (depth_.bottleneck)
      last = builder_.convolution(name + "c", last, channels, 1, 1, !residual_);
    if (residual_) {
      builder_.set_mask_group(last, stage);
      last = builder_.add(name + "add", last, shortcut);
    }
    at_ = last;
  }

  ArchitectureBuilder builder_;
  const Depth& depth_;
  bool residual_, stride_in_3x3_ = false;
  int at_ = kNetworkInput;  ///< the layer that the next one reads
};

}  // namespace

Architecture make_resnet(const Generator& generator, const numbers::Shape& input, int classes) {
  return ResNet(generator, input).run(classes);
}

}  // namespace cairn::compiler
