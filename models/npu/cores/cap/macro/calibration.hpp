// The calibration of a slice's ADC: measure known sums, then trim offset and gain in steps.
#pragma once

#include <cstdint>

#include "models/npu/cores/cap/macro/conversion.hpp"
#include "models/npu/cores/cap/macro/non_idealities.hpp"

namespace cairn::npu::cap {

constexpr int kOffsetTrimBits = 3;  ///< an offset step is 1/8 LSB
constexpr int kGainTrimBits = 9;    ///< a gain step is 1/512

/// The trim registers, and what the conversions to find them were.
struct Trim {
  int offset = 0, gain = 0;  ///< steps, -128 to 127
  int conversions = 0;
};

/// Two rounds at full range, each of 15 known sums (7 with 3 bits), whole codes from end to end,
/// converted 64 times with the noise of the seed; the line through the codes gives the steps.
/// `slice` is as it was made. `noise`: sigma in 2^-16 LSB.
Trim calibrate(const Slice& slice, int number, const NonIdealities& parameters, std::int64_t noise,
               std::uint64_t seed);

Slice trimmed(Slice slice, const Trim& trim);

}  // namespace cairn::npu::cap
