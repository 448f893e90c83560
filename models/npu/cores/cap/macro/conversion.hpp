// One conversion: from a slice's sum to the ADC's code. The definition; kernels equal it bit for
// bit.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/cores/cap/macro/layer_mapping.hpp"

namespace cairn::npu::cap {

constexpr int kCodeBits = 16;   ///< offset, nonlinearity and noise are in 2^-16 codes
constexpr int kGainBits = 30;   ///< a gain is in 2^-30
constexpr int kReachBits = 11;  ///< sums are limited to 2^11 codes either side of zero

/// A slice's ADC after its calibration. Errors are in codes, at every range.
struct Slice {
  std::int64_t gain = std::int64_t{1} << kGainBits;
  std::int32_t offset = 0;
  std::span<const std::int32_t> inl;  ///< [2^adc_bits], from the lowest code on
};

/// Noise is the Gaussian number * multiplier >> shift.
struct NoiseScale {
  std::int32_t multiplier = 0;
  int shift = 0;
};

/// What all slices share while a layer runs: the programmed range.
class Range {
 public:
  /// `lsb` in 1/16 accumulator units. Sums have `fraction_bits` fraction bits (5 to 12, see
  /// Capacitors).
  /// `noise`: sigma in 2^-16 LSB at full range; constant in volts, so it grows as the range
  /// shrinks, up to 2^12 codes.
  Range(Encoding encoding, int lsb, int adc_bits, int dac_bits, int fraction_bits,
        std::int64_t noise);

  int lowest() const { return -(1 << (adc_bits_ - 1)); }
  int highest() const { return (1 << (adc_bits_ - 1)) - 1; }
  /// Added to a code to make the sum: `weighted` sums start at zero.
  int base() const { return encoding_ == Encoding::weighted ? 1 << (adc_bits_ - 1) : 0; }
  int lsb() const { return lsb_; }
  std::int32_t limit() const { return limit_; }  ///< of |sum|
  int shift() const { return shift_; }           ///< 14 to 32
  const NoiseScale& noise() const { return noise_; }

  /// position = (sum * multiplier + constant) >> shift, in 2^-16 codes with the half of rounding:
  /// (x - mid) * gain / lsb + offset + 1/2.
  struct Line {
    std::int32_t multiplier;
    std::int64_t constant;
  };
  Line line(const Slice& slice) const;

 private:
  Encoding encoding_;
  int lsb_, adc_bits_, fraction_bits_;
  int shift_;
  std::int32_t limit_;
  NoiseScale noise_;
};

/// `sum`: the slice's sum in 2^-fraction_bits units. `gauss`: a Gaussian number (gaussian.hpp), 0
/// without noise.
int convert(const Range& range, const Slice& slice, std::int64_t sum, std::int32_t gauss);

}  // namespace cairn::npu::cap
