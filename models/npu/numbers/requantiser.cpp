#include "models/npu/numbers/requantiser.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "models/npu/numbers/reference.hpp"

namespace cairn::numbers {

namespace {

constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();
/// Below this, a bound from the number of weights alone serves as well as one from their values.
constexpr std::int64_t kTrusted = kHighest / 2;

/// Where `round` and `shift` keep a channel.
std::size_t even_odd(std::size_t channel) {
  return channel / 8 * 8 + channel % 2 * 4 + channel % 8 / 2;
}

/// The sum, 16 by 16 so that a compiler can use vectors: at most 255 weights of 8 bits fit 16.
std::int64_t sum_of(std::span<const std::int8_t> weights) {
  constexpr std::size_t lanes = 16;
  std::int64_t sum = 0;
  std::size_t i = 0;
  while (i + lanes <= weights.size()) {
    std::array<std::int16_t, lanes> sums{};
    for (int row = 0; row < 255 && i + lanes <= weights.size(); ++row, i += lanes)
      for (std::size_t lane = 0; lane < lanes; ++lane)
        sums[lane] = static_cast<std::int16_t>(sums[lane] + weights[i + lane]);
    for (const std::int16_t lane_sum : sums)
      sum += lane_sum;
  }
  for (; i < weights.size(); ++i)
    sum += weights[i];
  return sum;
}

std::int64_t magnitude_of(std::span<const std::int8_t> weights) {
  std::int64_t sum = 0;
  for (const std::int8_t w : weights)
    sum += std::abs(std::int64_t{w});
  return sum;
}

}  // namespace

AccumulatorRange accumulator_range(const Layer& layer, std::span<const std::int8_t> weights,
                                   std::size_t inputs, const Table& table) {
  const FeatureType& type = layer.in_type;
  const std::int64_t operand =
      std::max(std::abs(type.low() - type.zero_point), std::abs(type.high() - type.zero_point));
  const std::int64_t largest = layer.has_weights() ? 128 : 1;
  AccumulatorRange range;
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(layer.out.channels); ++channel) {
    const auto own = weights.subspan(channel * inputs, inputs);
    const std::int64_t bias = table.bias.empty() ? 0 : table.bias[channel];
    const std::int64_t sum = type.zero_point == 0 ? 0 : sum_of(own);
    std::int64_t bound = operand * largest * static_cast<std::int64_t>(inputs) + std::abs(bias);
    if (bound > kTrusted) bound = operand * magnitude_of(own) + std::abs(bias);
    range.offset.push_back(static_cast<std::int32_t>(bias - sum * type.zero_point));
    range.bound.push_back(bound);
    range.may_overflow |= bound > kHighest;
  }
  return range;
}

Requantiser::Requantiser(const Layer& layer, const Table& table, const AccumulatorRange& range)
    : offset(range.offset), layer_(layer), table_(table) {
  table_.bias.clear();
  offset.resize(round_up_to_lanes(layer.out.channels));
  if (layer.requantisation == Requantisation::none) return;
  low = layer.out_type.low();
  high = layer.out_type.high();
  zero_point = layer.out_type.zero_point;
  switch (layer.requantisation) {
    case Requantisation::none:
      break;
    case Requantisation::multiply:
      prepare_single(range);
      break;
    case Requantisation::multiply_tflite:
      prepare_tflite(range);
      break;
    case Requantisation::thresholds:
      prepare_thresholds();
      break;
  }
}

void Requantiser::prepare_single(const AccumulatorRange& range) {
  const std::size_t channels = range.bound.size();
  form = Form::single;
  multiplier = table_.multiplier;
  multiplier.resize(offset.size());
  round.resize(offset.size());
  shift.resize(offset.size());
  rebase.resize(offset.size());
  for (std::size_t c = 0; c < channels; ++c) {
    const std::uint32_t s = table_.shift[c];
    const std::uint64_t half = s == 0 ? 0 : std::uint64_t{1} << (s - 1);
    constexpr std::uint64_t top = std::uint64_t{1} << 63;
    const std::uint64_t product =
        std::uint64_t(range.bound[c]) * std::uint64_t(std::abs(std::int64_t{multiplier[c]}));
    const auto scaled = static_cast<std::int64_t>((product + half) >> s);
    if (scaled + std::abs(zero_point) >= kHighest) form = Form::scalar;
    round[even_odd(c)] = half + top;
    shift[even_odd(c)] = s;
    rebase[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(zero_point) -
                                          static_cast<std::uint32_t>(top >> s));
  }
}

void Requantiser::prepare_tflite(const AccumulatorRange& range) {
  const std::size_t channels = range.bound.size();
  form = Form::tflite;
  multiplier = table_.multiplier;
  multiplier.resize(offset.size());
  left.resize(offset.size());
  right.resize(offset.size());
  mask.resize(offset.size());
  for (std::size_t c = 0; c < channels; ++c) {
    const int s = static_cast<int>(table_.shift[c]) - 31;
    left[c] = std::max(0, -s);
    right[c] = std::max(0, s);
    mask[c] = static_cast<std::int32_t>((std::int64_t{1} << right[c]) - 1);
    const std::int64_t bound = range.bound[c] << left[c];
    if (bound > kHighest || multiplier[c] == std::numeric_limits<std::int32_t>::min()) {
      form = Form::scalar;
      continue;
    }
    const std::int64_t scaled =
        (bound * std::abs(std::int64_t{multiplier[c]}) >> 31 >> right[c]) + 2;
    if (scaled + std::abs(zero_point) > kHighest) form = Form::scalar;
  }
}

void Requantiser::prepare_thresholds() {
  form = Form::thresholds;
  threshold_count = (1 << layer_.out_type.bits) - 1;
  flip.resize(offset.size());
  thresholds.resize(offset.size() * threshold_count);
  for (int c = 0; c < layer_.out.channels; ++c) {
    flip[c] = table_.descending[c] ? -1 : 0;
    for (int t = 0; t < threshold_count; ++t)
      thresholds[t * offset.size() + c] =
          table_.thresholds[std::size_t(c) * threshold_count + t] ^ flip[c];
  }
}

void Requantiser::run(const Kernels& kernels, const std::int32_t* sums, int pixels, int block,
                      std::int32_t* out) const {
  const std::int64_t pitch = layer_.out.channels;
  const std::int64_t lanes = std::min(kLanes, pitch - block * kLanes);
  if (form == Form::scalar) return run_scalar(sums, pixels, block, out);
  if (lanes == kLanes)
    return kernels.requantise(*this, sums, pixels, block, out + block * kLanes, pitch);
  std::array<std::int32_t, kTilePixels * kLanes> whole{};
  kernels.requantise(*this, sums, pixels, block, whole.data(), kLanes);
  for (int p = 0; p < pixels; ++p)
    std::copy_n(whole.data() + p * kLanes, lanes, out + p * pitch + block * kLanes);
}

void Requantiser::run_scalar(const std::int32_t* sums, int pixels, int block,
                             std::int32_t* out) const {
  const int channels = layer_.out.channels;
  const int first = static_cast<int>(block * kLanes);
  for (int p = 0; p < pixels; ++p)
    for (int c = first; c < std::min<std::int64_t>(channels, first + kLanes); ++c) {
      const auto sum =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[p * kLanes + c % kLanes]) +
                                    static_cast<std::uint32_t>(offset[c]));
      out[std::int64_t{p} * channels + c] = requantise(layer_, table_, c, sum, nullptr);
    }
}

}  // namespace cairn::numbers
