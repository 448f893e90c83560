#include "compiler/generate/layer_numbers.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/generate/counter_random.hpp"
#include "compiler/generate/random_weights.hpp"

namespace cairn::compiler {

namespace {

using numbers::FeatureType;

constexpr int kMeanScale = 32;       ///< means as integers of 16 bits
constexpr int kMultiplierBits = 15;  ///< few enough that no machine's rounding shows in them

/// Appends the entry of one channel: q = round((accumulator + bias) * factor).
void append_entry(numbers::Table& table, double bias, double factor) {
  constexpr double kMaxBias = 1 << 30;
  int exponent = 0;
  std::frexp(factor, &exponent);
  const int shift = std::clamp(kMultiplierBits - exponent, 0, 62);
  table.bias.push_back(
      static_cast<std::int32_t>(std::llround(std::clamp(bias, -kMaxBias, kMaxBias))));
  table.multiplier.push_back(static_cast<std::int32_t>(std::llround(std::ldexp(factor, shift))));
  table.shift.push_back(static_cast<std::uint32_t>(shift));
}

/// Standard deviations of the value before rounding that one step of the features covers, if its
/// mean is `mean` deviations.
double step_of(const FeatureType& type, double mean = 0) {
  // A rectified value uses its bits for one side only.
  const double top = std::max(0.5, static_cast<double>(type.high()));
  return (std::max(mean, 0.0) + best_clip(type.bits + (type.is_signed ? 0 : 1))) / top;
}

void append(FeatureStatistics& out, const Normal& source, const FeatureType& type) {
  out.source.push_back(source);
  out.moments.push_back(clamped(source, type.low(), type.high()));
}

void append_masked(FeatureStatistics& out, numbers::Table& table) {
  out.source.push_back({});
  out.moments.push_back({});
  append_entry(table, 0, 0);
}

/// Averages over the channels that are not constant.
struct Average {
  double mean = 0, deviation = 0;
};

Average average(const FeatureStatistics& s) {
  Average out;
  int channels = 0;
  for (const Moments& m : s.moments) {
    if (!(m.variance > 0)) continue;
    ++channels;
    out.mean += m.mean;
    out.deviation += std::sqrt(m.variance);
  }
  return {out.mean / std::max(channels, 1), out.deviation / std::max(channels, 1)};
}

/// Means of the operands of one output, and the sum of their variances.
struct Operands {
  std::vector<std::int16_t> means;  ///< times kMeanScale
  double variance = 0;
};

Operands operands_of(const numbers::Layer& layer, const FeatureStatistics& in) {
  const auto inputs = static_cast<std::size_t>(layer.inputs_per_output());
  Operands out;
  out.means.reserve(inputs);
  for (std::size_t i = 0; i < inputs; ++i) {
    const Moments& m = in.moments[i % in.moments.size()];
    out.means.push_back(static_cast<std::int16_t>(std::lround(m.mean * kMeanScale)));
    out.variance += m.variance;
  }
  return out;
}

}  // namespace

FeatureStatistics fill_weighted(NetworkLayer& l, const FeatureStatistics& in, std::uint64_t key) {
  const FeatureType& type = l.layer.out_type;
  const bool raw = type.bits == numbers::kAccumulatorBits;
  const Operands operands = operands_of(l.layer, in);
  const RandomWeights random(l.layer.weight_bits, random_word(key, 0));
  const std::uint64_t shape_key = random_word(key, 1);
  l.weights.resize(static_cast<std::size_t>(l.layer.weight_count()));
  const std::size_t inputs = operands.means.size();
  FeatureStatistics out;
  double raw_deviation = 0;
  for (int c = 0; c < l.layer.out.channels; ++c) {
    const auto channel = static_cast<std::size_t>(c);
    if (!l.kept.empty() && !l.kept[channel]) {
      append_masked(out, l.table);
      continue;
    }
    const std::span row = std::span(l.weights).subspan(channel * inputs, inputs);
    random.fill(c, row);
    const double mean = static_cast<double>(dot(row, operands.means)) / kMeanScale;
    const double deviation = std::sqrt(std::max(operands.variance * random.variance(c), 1.0));
    if (raw) {
      l.table.bias.push_back(static_cast<std::int32_t>(std::llround(-mean)));
      raw_deviation += deviation / l.layer.out.channels;
      continue;
    }
    // What gamma and beta of a batch normalisation do: spread 0.75 to 1.25, mean -0.5 to 0.5.
    const double gain = 0.75 + 0.5 * random_fraction(shape_key, 2 * channel);
    const double offset = random_fraction(shape_key, 2 * channel + 1) - 0.5;
    const double step = step_of(type);
    append_entry(l.table, offset * deviation / gain - mean, gain / (step * deviation));
    append(out, {offset / step, gain / step}, type);
  }
  if (raw) out.source.push_back({0, raw_deviation});
  return out;
}

FeatureStatistics fill_average_pool(NetworkLayer& l, const FeatureStatistics& in) {
  const FeatureType& type = l.layer.out_type;
  const double count = l.layer.inputs_per_output();
  constexpr double kDeviations = 3;
  double largest = 0;
  for (const Moments& m : in.moments)
    largest = std::max(largest, m.mean + kDeviations * std::sqrt(m.variance / count));
  const double factor = largest > 0 ? type.high() / largest : 1;
  FeatureStatistics out;
  for (const Moments& m : in.moments) {
    append_entry(l.table, 0, factor / count);
    append(out, {m.mean * factor, std::sqrt(m.variance / count) * factor}, type);
  }
  return out;
}

FeatureStatistics fill_add(NetworkLayer& l, const FeatureStatistics& a,
                           const FeatureStatistics& b) {
  constexpr double kScale = 64;  ///< of the operand with the larger deviation
  constexpr double kMaxRatio = 500;
  const double spread_a = average(a).deviation, spread_b = average(b).deviation;
  const double ratio =
      spread_a > 0 && spread_b > 0 ? std::clamp(spread_b / spread_a, 1 / kMaxRatio, kMaxRatio) : 1;
  l.layer.scale = static_cast<int>(std::lround(kScale * std::max(ratio, 1.0)));
  l.layer.second_scale = static_cast<int>(std::lround(kScale * std::max(1 / ratio, 1.0)));
  FeatureStatistics sums;
  for (std::size_t c = 0; c < a.moments.size(); ++c) {
    const Moments &x = a.moments[c], &y = b.moments[c];
    const double s = l.layer.scale, t = l.layer.second_scale;
    sums.moments.push_back({s * x.mean + t * y.mean, s * s * x.variance + t * t * y.variance});
  }
  const Average sum = average(sums);
  const FeatureType& type = l.layer.out_type;
  const double deviation = std::max(sum.deviation, 1.0);
  const double factor = 1 / (step_of(type, sum.mean / deviation) * deviation);
  FeatureStatistics out;
  for (const Moments& m : sums.moments) {
    append_entry(l.table, 0, factor);
    append(out, {m.mean * factor, std::sqrt(m.variance) * factor}, type);
  }
  return out;
}

FeatureStatistics of_max_pool(const NetworkLayer& l, const FeatureStatistics& in) {
  FeatureStatistics out;
  for (const Normal& source : in.source) {
    const Moments m = largest_clamped(source, l.layer.out_type.low(), l.layer.out_type.high(),
                                      l.layer.inputs_per_output());
    out.moments.push_back(m);
    out.source.push_back({m.mean, std::sqrt(m.variance)});
  }
  return out;
}

}  // namespace cairn::compiler
