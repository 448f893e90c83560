// How the features of a generated network are distributed, as far as that follows from the layers.
#pragma once

#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::compiler {

/// Mean and variance of what a feature stands for, q - zero point.
struct Moments {
  double mean = 0, variance = 0;
};

/// A normal distribution.
struct Normal {
  double mean = 0, deviation = 0;
};

/// One tensor, channel by channel. `source` is what was rounded and clamped to the features.
struct FeatureStatistics {
  std::vector<Normal> source;
  std::vector<Moments> moments;
};

/// Of round(x) clamped to low..high.
Moments clamped(const Normal& x, int low, int high);

/// Of the largest of `count` independent values of that kind.
Moments largest_clamped(const Normal& x, int low, int high, int count);

/// The number of standard deviations at which clipping a normally distributed value before `bits`
/// bits of uniform quantisation loses least (Banner, Nahshan and Soudry, "Post training 4-bit
/// quantization of convolutional networks", NeurIPS 2019); bits 1 to 9.
double best_clip(int bits);

}  // namespace cairn::compiler
