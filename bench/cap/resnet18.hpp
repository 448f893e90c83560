// The convolutions and the classifier of ResNet-18 at 224x224.
#pragma once

#include <string>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::bench {

struct NamedLayer {
  std::string name;
  numbers::Layer layer;
};

/// 1.814 GMAC; inputs and weights of so many bits, outputs raw accumulators.
std::vector<NamedLayer> resnet18(int bits);

}  // namespace cairn::bench
