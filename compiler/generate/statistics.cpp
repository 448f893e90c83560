#include "compiler/generate/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace cairn::compiler {

namespace {

/// P(x <= bound).
double cumulative(double bound) {
  return 0.5 * std::erfc(-bound / std::numbers::sqrt2);
}

double density(double at) {
  return std::exp(-0.5 * at * at) / std::sqrt(2 * std::numbers::pi);
}

}  // namespace

Moments clamped(const Normal& x, int low, int high) {
  if (!(x.deviation > 0)) return {std::clamp(std::nearbyint(x.mean), low + 0.0, high + 0.0), 0};
  const double a = (low - x.mean) / x.deviation, b = (high - x.mean) / x.deviation;
  const double below = cumulative(a), above = cumulative(-b), inside = 1 - below - above;
  const double first = density(a) - density(b);
  const double second = a * density(a) - b * density(b);
  // Of the part inside, in units of the deviation around the mean.
  const double sum = x.mean * inside + x.deviation * first;
  const double squares = x.mean * x.mean * inside + 2 * x.mean * x.deviation * first +
                         x.deviation * x.deviation * (inside + second);
  const double mean = sum + low * below + high * above;
  const double mean_square =
      squares + double{1} * low * low * below + double{1} * high * high * above;
  constexpr double kRounding = 1.0 / 12;
  return {mean, std::max(0.0, mean_square - mean * mean) + kRounding * inside};
}

Moments largest_clamped(const Normal& x, int low, int high, int count) {
  if (!(x.deviation > 0)) return clamped(x, low, high);
  // E[q - low] and E[(q - low)^2] as sums over P(q > k).
  double mean = 0, square = 0;
  for (int k = low; k < high; ++k) {
    const double exceeds = 1 - std::pow(cumulative((k + 0.5 - x.mean) / x.deviation), count);
    mean += exceeds;
    square += (2.0 * (k - low) + 1) * exceeds;
  }
  return {mean + low, std::max(0.0, square - mean * mean)};
}

double best_clip(int bits) {
  // One bit is ours; 5 to 9 continue the published 2, 3 and 4 bits by the same criterion.
  constexpr std::array<double, 9> kDeviations = {1.2,  1.71, 2.15, 2.55, 2.93,
                                                 3.28, 3.61, 3.92, 4.2};
  return kDeviations[static_cast<std::size_t>(std::clamp(bits, 1, 9)) - 1];
}

}  // namespace cairn::compiler
