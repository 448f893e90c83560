// ResNets small enough to be run pixel by pixel.
#pragma once

#include "compiler/network.hpp"

namespace cairn::test {

/// A convolution of the input with its pooling, some bottleneck blocks (1x1, 3x3, 1x1), some of
/// them with a stride, and a classifier. Shapes, bits, weights and tables are random. With
/// `residual`, every block has a shortcut, with a projection where shapes differ. Rows of the input
/// are whole 64-bit words.
compiler::Network small_resnet(unsigned seed, bool residual);

}  // namespace cairn::test
