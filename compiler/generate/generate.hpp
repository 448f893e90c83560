// Networks from a few lines instead of a model file: ResNets and VGG-16 with random weights.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/network.hpp"

namespace cairn::compiler {

/// Bits of the input features and of the weights of some layers.
struct BitRule {
  std::vector<std::string> layers{};  ///< names, in which '*' stands for any text
  std::optional<int> features{}, weights{};
};

/// The channel mask of some convolutions.
struct MaskRule {
  std::vector<std::string> layers{};  ///< as in BitRule
  double keep = 1;              ///< share of the output channels that is kept, above 0, at most 1
  int multiple = 16;            ///< the number kept is the nearest multiple of this, at least one
  std::vector<int> channels{};  ///< if not empty: the channels kept; `keep` does not count then
};

/// What to generate. The names are those of the keys in a network's description file.
struct Generator {
  std::string family = "resnet";  ///< "resnet" or "vgg"
  int depth = 50;                 ///< resnet: 18, 20, 34, 50, 101, 152; vgg: 16
  std::string variant = "v1";     ///< bottleneck stride: "v1" in the first 1x1, "v1.5" in the 3x3
  bool residual = true;           ///< resnet: with shortcuts and projections
  std::string size = "imagenet";  ///< "imagenet": 224 pixels, 1000 classes; "cifar": 32, 10
  int resolution = 0;             ///< height and width of the input; 0: as `size` says
  std::uint64_t seed = 1;
  int feature_bits = 8, weight_bits = 8;              ///< of every layer without a rule
  int first_feature_bits = 8, first_weight_bits = 8;  ///< of the first convolution
  std::vector<BitRule> bits{};                        ///< later rules win
  std::vector<MaskRule> masks{};                      ///< later rules win
};

/// Builds the network. The weights are random, not trained: clipped normal distributions, quantised
/// symmetrically, with scales and means of the outputs that differ from channel to channel; the
/// requantisation is what a batch normalisation over random inputs would lead to, so that features
/// use their range in every layer. The same generator gives the same network on every machine.
///
/// Layers are called conv1, pool1, conv2.1.a, conv2.1.projection, conv2.1.b, conv2.1.c,
/// conv2.1.add... pool5, fc (vgg: conv1.1, conv1.2, pool1... fc) and come in this order. Inputs are
/// 8-bit pixels 0 to 255 unless the first layer has other features; the outputs are raw
/// accumulators. The operands of an addition have `feature_bits` bits, signed where a convolution
/// makes them, unless another layer that reads them has a rule.
///
/// Throws InputError naming the key and the reason for values that are unknown, out of range or
/// contradict each other.
Network generate(const Generator& generator, const std::string& name);

}  // namespace cairn::compiler
