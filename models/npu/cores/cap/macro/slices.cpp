#include "models/npu/cores/cap/macro/slices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "models/npu/cores/cap/macro/gaussian.hpp"

namespace cairn::npu::cap {

namespace {

constexpr int kKnots = 9;

/// A real parameter in units of 2^-bits.
std::int64_t fixed(double value, int bits) {
  return std::llround(value * static_cast<double>(std::int64_t{1} << bits));
}

/// Catmull-Rom spline between knots b and c at t / size, times 2 * size^3.
std::int64_t spline(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t t,
                    std::int64_t size) {
  return 2 * b * size * size * size + (c - a) * t * size * size +
         (2 * a - 5 * b + 4 * c - d) * t * t * size + (3 * b - a - 3 * c + d) * t * t * t;
}

using Knots = std::array<std::int64_t, kKnots + 2>;  // one beyond either end

Knots draw_knots(std::uint64_t seed, int slice) {
  Knots knots{};
  for (int i = 2; i < kKnots; ++i)
    knots[static_cast<std::size_t>(i)] =
        gaussian(seed, Draw::inl, static_cast<std::uint64_t>(slice) * kKnots + i);
  return knots;
}

}  // namespace

std::vector<Slice> draw_slices(const NonIdealities& parameters, std::uint64_t seed) {
  const std::int64_t offset = fixed(parameters.adc_offset, kCodeBits);
  const std::int64_t gain = fixed(parameters.adc_gain, kGainBits);
  constexpr std::int64_t one = std::int64_t{1} << kGainBits;
  std::vector<Slice> slices(kSlices);
  for (std::size_t s = 0; s < kSlices; ++s) {
    slices[s].offset =
        static_cast<std::int32_t>(offset * gaussian(seed, Draw::offset, s) >> kSigmaBits);
    slices[s].gain = std::clamp(one + (gain * gaussian(seed, Draw::gain, s) >> kSigmaBits), one / 2,
                                one * 3 / 2);
  }
  return slices;
}

std::vector<std::int32_t> draw_nonlinearity(const NonIdealities& parameters, std::uint64_t seed) {
  const std::int64_t most = fixed(parameters.adc_inl, kCodeBits);
  const int codes = 1 << parameters.adc_bits;
  const std::int64_t span = codes - 1;  // kKnots - 1 pieces of `span` steps: code k is at 8 k
  const std::int64_t scale = std::max<std::int64_t>(1, span * span * span >> 10);  // in 2^26 or so
  std::vector<std::int32_t> table;
  for (int slice = 0; slice < kSlices; ++slice) {
    const Knots knots = draw_knots(seed, slice);
    std::vector<std::int64_t> curve;
    std::int64_t peak = 1;
    for (std::int64_t at = 0; at <= span * (kKnots - 1); at += kKnots - 1) {
      const auto piece = static_cast<std::size_t>(std::min<std::int64_t>(at / span, kKnots - 2));
      const std::int64_t value =
          spline(knots[piece], knots[piece + 1], knots[piece + 2], knots[piece + 3],
                 at - static_cast<std::int64_t>(piece) * span, span);
      curve.push_back(value / scale);
      peak = std::max(peak, std::abs(curve.back()));
    }
    for (const std::int64_t value : curve)
      table.push_back(static_cast<std::int32_t>(most * value / peak));
  }
  return table;
}

}  // namespace cairn::npu::cap
