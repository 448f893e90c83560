#include "models/npu/cores/cap/macro/conversion.hpp"

#include <algorithm>
#include <limits>

#include "models/npu/cores/cap/macro/gaussian.hpp"

namespace cairn::npu::cap {

namespace {

constexpr int kMultiplierBits = 30;  ///< a multiplier at gain 1 is below 2^30
constexpr int kMostShift = 32;
constexpr int kStepBits = 4;  ///< 2^4 = kSteps

/// A sum of fraction_bits, in codes of 2^-kCodeBits: 2^exponent / lsb.
int exponent(int fraction_bits) {
  return kCodeBits + kStepBits - fraction_bits;
}

int most_shift(int fraction_bits, int lsb) {
  int shift = kMostShift;
  while ((std::int64_t{1} << (exponent(fraction_bits) + shift)) >=
         (std::int64_t{lsb} << kMultiplierBits))
    --shift;
  return shift;
}

NoiseScale scale_of(std::int64_t sigma) {
  NoiseScale scale{0, kSigmaBits};
  sigma = std::min(sigma, std::int64_t{1} << (kCodeBits + kSigmaBits));
  for (; sigma >= 1 << kCodeBits && scale.shift > 0; sigma >>= 1)
    --scale.shift;
  scale.multiplier = static_cast<std::int32_t>(std::min<std::int64_t>(sigma, 1 << kCodeBits));
  return scale;
}

}  // namespace

Range::Range(Encoding encoding, int lsb, int adc_bits, int dac_bits, int fraction_bits,
             std::int64_t noise)
    : encoding_(encoding),
      lsb_(lsb),
      adc_bits_(adc_bits),
      fraction_bits_(fraction_bits),
      shift_(most_shift(fraction_bits, lsb)),
      limit_(static_cast<std::int32_t>(
          std::min<std::int64_t>(std::int64_t{lsb} << (kReachBits + fraction_bits - kStepBits),
                                 std::numeric_limits<std::int32_t>::max()))),
      noise_(scale_of(noise * full_lsb(encoding, adc_bits, dac_bits) / lsb)) {}

Range::Line Range::line(const Slice& slice) const {
  const std::int64_t nominal =
      ((std::int64_t{1} << (exponent(fraction_bits_) + shift_)) + lsb_ / 2) / lsb_;
  const std::int64_t multiplier =
      (nominal * slice.gain + (std::int64_t{1} << (kGainBits - 1))) >> kGainBits;
  // Sums of an ideal macro lie on a grid of 1/lsb codes, and codes change on a grid of half of it:
  // a quarter keeps a sum on such a boundary above it, whatever the multiplier's rounding. At most
  // 2^-15 codes.
  const std::int64_t tie =
      std::min(std::int64_t{2} << shift_, (std::int64_t{1} << (kCodeBits - 2 + shift_)) / lsb_);
  const std::int64_t half = std::int64_t{1} << (kCodeBits - 1 + shift_);
  const std::int64_t mid = (base() * slice.gain) << (shift_ + kCodeBits - kGainBits);
  return {static_cast<std::int32_t>(multiplier),
          (std::int64_t{slice.offset} << shift_) + half + tie - mid};
}

int convert(const Range& range, const Slice& slice, std::int64_t sum, std::int32_t gauss) {
  const std::int64_t limit = range.limit();
  const Range::Line line = range.line(slice);
  const auto position = static_cast<std::int32_t>(
      (std::clamp(sum, -limit, limit) * line.multiplier + line.constant) >> range.shift());
  const int code = std::clamp(position >> kCodeBits, range.lowest(), range.highest());
  const std::int32_t inl = slice.inl[static_cast<std::size_t>(code - range.lowest())];
  const std::int32_t noise = gauss * range.noise().multiplier >> range.noise().shift;
  return std::clamp((position + inl + noise) >> kCodeBits, range.lowest(), range.highest());
}

}  // namespace cairn::npu::cap
