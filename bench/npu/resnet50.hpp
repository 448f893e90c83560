// The convolutions and the classifier of ResNet-50 v1 at 224x224, as layers of the integer graph.
#pragma once

#include <string>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::bench {

struct NamedLayer {
  std::string name;
  numbers::Layer layer;
};

/// v1: the stride is in a block's first 1x1. `bits` of features and weights, the first convolution
/// 8. Without projections (residual-free) 3.498 GMAC, with them 3.858.
std::vector<NamedLayer> resnet50(int bits, bool projections,
                                 numbers::Requantisation requantisation);

}  // namespace cairn::bench
