#include "models/npu/cores/cap/macro/calibration.hpp"

#include <algorithm>

#include "models/npu/cores/cap/macro/gaussian.hpp"

namespace cairn::npu::cap {

namespace {

constexpr int kRounds = 2;
constexpr int kRepeats = 64;
constexpr int kFractionBits = 8;  ///< of the known sums

/// Rounded half up, for either sign.
std::int64_t divide(std::int64_t value, std::int64_t by) {
  const std::int64_t twice = 2 * value + by;
  const std::int64_t quotient = twice / (2 * by);
  return twice % (2 * by) < 0 ? quotient - 1 : quotient;
}

int step(std::int64_t trim) {
  return static_cast<int>(std::clamp<std::int64_t>(trim, -128, 127));
}

/// Known sums: whole codes, evenly about the middle.
struct Points {
  int count;          ///< odd
  std::int64_t step;  ///< codes
  explicit Points(int codes) : count(std::min(codes, 16) - 1), step(codes / (count + 1)) {}

  std::int64_t from_middle(int point) const { return point - count / 2; }
  int conversions() const { return count * kRepeats; }
};

/// Totals over all conversions.
struct Error {
  std::int64_t offset = 0;   ///< code less the known one
  std::int64_t gain = 0;     ///< the same times the known code
  std::int64_t squares = 0;  ///< of the known codes
};

Error measure(const Slice& slice, const Range& range, std::int64_t full_scale, std::uint64_t seed,
              std::uint64_t first_draw) {
  const Points points(-2 * range.lowest());
  Error error;
  for (int point = 0; point < points.count; ++point) {
    const std::int64_t known = points.from_middle(point) * points.step;
    const std::int64_t sum = full_scale * (point + 1) / (points.count + 1);
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      const std::uint64_t draw = first_draw + static_cast<std::uint64_t>(point * kRepeats + repeat);
      const std::int64_t beside =
          convert(range, slice, sum, gaussian(seed, Draw::calibration, draw)) - known;
      error.offset += beside;
      error.gain += beside * known;
      error.squares += known * known;
    }
  }
  return error;
}

}  // namespace

Slice trimmed(Slice slice, const Trim& trim) {
  slice.offset -= trim.offset << (kCodeBits - kOffsetTrimBits);
  slice.gain -= slice.gain * trim.gain >> kGainTrimBits;
  return slice;
}

Trim calibrate(const Slice& slice, int number, const NonIdealities& parameters, std::int64_t noise,
               std::uint64_t seed) {
  const Range range(Encoding::weighted,
                    full_lsb(Encoding::weighted, parameters.adc_bits, parameters.dac_bits),
                    parameters.adc_bits, parameters.dac_bits, kFractionBits, noise);
  const std::int64_t full_scale = std::int64_t{kColumns} * ((1 << parameters.dac_bits) - 1)
                                  << kFractionBits;
  const int conversions = Points(-2 * range.lowest()).conversions();
  Trim trim;
  for (int round = 0; round < kRounds; ++round) {
    const auto first_draw = static_cast<std::uint64_t>(number * kRounds + round) << 16;
    const Error error = measure(trimmed(slice, trim), range, full_scale, seed, first_draw);
    trim.offset = step(trim.offset + divide(error.offset << kOffsetTrimBits, conversions));
    trim.gain = step(trim.gain + divide(error.gain << kGainTrimBits, error.squares));
    trim.conversions += conversions;
  }
  return trim;
}

}  // namespace cairn::npu::cap
