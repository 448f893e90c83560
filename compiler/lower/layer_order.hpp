// The order in which the layers of an imported network run.
#pragma once

#include "compiler/network.hpp"

namespace cairn::compiler {

/// Sorts the layers so that all readers of a feature map run soon after each other, which frees it
/// early: a residual block's projection runs before the second convolution of its main path. A
/// chain keeps its order. `output` is the layer that makes the network's output: it comes last, and
/// layers that it does not need are dropped.
void order_layers(Network& network, int output);

}  // namespace cairn::compiler
