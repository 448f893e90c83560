#include "compiler/generate/random_weights.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

#include "compiler/generate/counter_random.hpp"
#include "compiler/generate/statistics.hpp"

namespace cairn::compiler {

namespace {

constexpr int kPoints = 256;
constexpr int kKinds = 8;

/// Point k of the standard normal distribution has the cumulative probability (k + 1/2) / 256.
const std::array<double, kPoints>& normal_points() {
  static const auto points = [] {
    std::array<double, kPoints> out{};
    for (int k = 0; k < kPoints / 2; ++k) {
      double low = -4, high = 0;
      for (int i = 0; i < 50; ++i) {
        const double middle = (low + high) / 2;
        const double below = 0.5 * std::erfc(-middle / std::numbers::sqrt2);
        (below * kPoints < k + 0.5 ? low : high) = middle;
      }
      out[static_cast<std::size_t>(k)] = low;
      out[static_cast<std::size_t>(kPoints - 1 - k)] = -low;
    }
    return out;
  }();
  return points;
}

}  // namespace

RandomWeights::RandomWeights(int bits, std::uint64_t key) : key_(key), kinds_(kKinds) {
  const std::array<double, kPoints>& points = normal_points();
  const int top = (1 << (bits - 1)) - 1;
  const double clip = std::min(best_clip(bits), points.back());
  for (int kind = 0; kind < kKinds; ++kind) {
    Quantiles& q = kinds_[static_cast<std::size_t>(kind)];
    const double spread = 0.85 + 0.06 * kind;  // 0.85 to 1.27
    for (std::size_t k = 0; k < kPoints; ++k) {
      const double level = std::nearbyint(points[k] / (clip * spread) * top);
      const int value = bits == 1 ? (points[k] < 0 ? -1 : 1)
                                  : static_cast<int>(std::clamp<double>(level, -top, top));
      q.values[k] = static_cast<std::int8_t>(value);
      q.variance += value * value / double{kPoints};
    }
  }
}

const RandomWeights::Quantiles& RandomWeights::quantiles(int channel) const {
  return kinds_[random_word(key_, static_cast<std::uint64_t>(channel)) % kKinds];
}

double RandomWeights::variance(int channel) const {
  return quantiles(channel).variance;
}

void RandomWeights::fill(int channel, std::span<std::int8_t> row) const {
  const std::int8_t* values = quantiles(channel).values;
  const std::uint64_t key = random_word(~key_, static_cast<std::uint64_t>(channel));
  const std::size_t whole = row.size() / 8;
  std::int8_t* to = row.data();
  for (std::size_t i = 0; i <= whole; ++i, to += 8) {
    const std::uint64_t word = random_word(key, i);
    std::int8_t eight[8];
    for (std::size_t k = 0; k < 8; ++k)
      eight[k] = values[(word >> (8 * k)) & 0xff];
    std::memcpy(to, eight, i < whole ? 8 : row.size() % 8);
  }
}

std::int64_t dot(std::span<const std::int8_t> weights, std::span<const std::int16_t> values) {
  constexpr std::size_t kBlock = 256;  // each product is below 2^23
  std::int64_t sum = 0;
  for (std::size_t first = 0; first < weights.size(); first += kBlock) {
    const std::size_t count = std::min(kBlock, weights.size() - first);
    const std::int8_t* w = weights.data() + first;
    const std::int16_t* v = values.data() + first;
    std::int32_t part = 0;
    for (std::size_t i = 0; i < count; ++i)
      part += std::int16_t{w[i]} * v[i];
    sum += part;
  }
  return sum;
}

}  // namespace cairn::compiler
