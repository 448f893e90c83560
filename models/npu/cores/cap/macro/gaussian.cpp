#include "models/npu/cores/cap/macro/gaussian.hpp"

namespace cairn::npu::cap {

namespace {

// Evaluated by the compiler: additions, multiplications and divisions of IEEE doubles, which no
// instruction set fuses.

/// e^-y for y in 0..8, by its series at y / 16.
consteval double exp_minus(double y) {
  const double x = -y / 16;
  double term = 1, sum = 1;
  for (int i = 1; i < 20; ++i)
    sum += term *= x / i;
  for (int i = 0; i < 4; ++i)
    sum *= sum;
  return sum;
}

consteval double density(double x) {
  return 0.39894228040143267794 * exp_minus(x * x / 2);
}

/// P(0 < Z < x): Marsaglia's series (J. Stat. Soft. 11(4), 2004).
consteval double probability(double x) {
  double term = x, sum = x;
  for (int i = 3; term > 1e-17; i += 2)
    sum += term *= x * x / i;
  return sum * density(x);
}

constexpr int kHalf = 1 << (kQuantileBits - 1);

consteval double square_root(double x) {
  double root = x;
  for (int i = 0; i < 40; ++i)
    root = (root + x / root) / 2;
  return root;
}

/// The means of the upper half's pieces: between two quantiles the mean is the difference of their
/// densities by the piece's probability.
consteval std::array<double, kHalf> piece_means() {
  std::array<double, kHalf> means{};
  double low = 0, low_density = density(0);
  for (int i = 0; i < kHalf; ++i) {
    const double target = (i + 1.0) / (2 * kHalf);
    double high = low, high_density = i + 1 < kHalf ? low_density : 0;
    for (int step = 0; step < 4 && i + 1 < kHalf; ++step) {  // Newton's method
      high += (target - probability(high)) / high_density;
      high_density = density(high);
    }
    means[static_cast<std::size_t>(i)] = (low_density - high_density) * 2 * kHalf;
    low = high;
    low_density = high_density;
  }
  return means;
}

/// Scaled to the variance that the pieces' own spread takes away.
consteval std::array<std::int32_t, 2 * kHalf> quantiles() {
  const std::array<double, kHalf> means = piece_means();
  double squares = 0;
  for (const double mean : means)
    squares += mean * mean;
  const double unit = (1 << kSigmaBits) / square_root(2 * squares / kHalf);
  std::array<std::int32_t, 2 * kHalf> table{};
  for (std::size_t i = 0; i < kHalf; ++i) {
    const auto rounded = static_cast<std::int32_t>(means[i] * unit + 0.5);
    table[kHalf + i] = rounded;
    table[kHalf - 1 - i] = -rounded;
  }
  return table;
}

}  // namespace

constexpr std::array<std::int32_t, 1 << kQuantileBits> kQuantiles = quantiles();

}  // namespace cairn::npu::cap
