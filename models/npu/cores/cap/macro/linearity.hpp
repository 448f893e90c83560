// How far the macro's codes are from the ideal ones: the measurement behind the published
// "linearity error".
#pragma once

#include <cstdint>

#include "models/npu/cores/cap/macro/macro_instance.hpp"

namespace cairn::npu::cap {

/// Errors in LSB of the full range: the code less the ideal real-valued one, (x - mid) / LSB.
/// Quantisation, half an LSB, is part of it, and so is the highest code's missing the top.
struct Linearity {
  std::int64_t evaluations = 0;
  double largest = 0;  ///< of |error|
  double mean = 0, sigma = 0;
};

/// The second-hand note on CAP-RAM: below 2 LSB over so many samples, after calibration.
constexpr std::int64_t kPublishedSamples = 524'288;

/// Conversions of random operands at full range, with noise: in turn in either encoding and in
/// every slice, of random density, so that they cover the range.
Linearity measure_linearity(const MacroInstance& macro,
                            std::int64_t evaluations = kPublishedSamples);

}  // namespace cairn::npu::cap
