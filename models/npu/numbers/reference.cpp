#include "models/npu/numbers/reference.hpp"

#include <algorithm>
#include <limits>

namespace cairn::numbers {

namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();

std::int32_t saturate(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp(value, kLowest, kHighest));
}

/// gemmlowp: the high half of 2ab, rounded to nearest, ties upwards.
std::int32_t doubling_high_multiply(std::int32_t a, std::int32_t b) {
  if (a == kLowest && b == kLowest) return static_cast<std::int32_t>(kHighest);
  const std::int64_t product = std::int64_t{a} * b;
  const std::int64_t nudge = product >= 0 ? 1LL << 30 : 1 - (1LL << 30);
  return static_cast<std::int32_t>((product + nudge) / (1LL << 31));
}

/// gemmlowp: rounds to nearest, ties away from zero. exponent 0 to 31.
std::int32_t rounding_divide_by_power(std::int32_t value, int exponent) {
  const std::int64_t mask = (1LL << exponent) - 1;
  const std::int64_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> exponent) + ((value & mask) > threshold ? 1 : 0);
}

/// The operands of one output, in runs that lie side by side: calls visit(features, index of the
/// first one's weight within the channel) for those inside the map.
template <typename Visit>
void for_each_run(const Layer& l, std::span<const std::int16_t> in, std::int64_t pixel, int channel,
                  Visit visit) {
  if (l.op == Op::fully_connected) return visit(in, 0);
  const bool all_channels = l.op == Op::convolution;
  const int first_channel = all_channels ? 0 : channel / (l.out.channels / l.in.channels);
  const int channels = all_channels ? l.in.channels : 1;
  const std::int64_t top = pixel / l.out.width * l.stride_h - l.pad_top;
  const std::int64_t left = pixel % l.out.width * l.stride_w - l.pad_left;
  for (int ky = 0; ky < l.kernel_h; ++ky)
    for (int kx = 0; kx < l.kernel_w; ++kx) {
      const std::int64_t y = top + ky, x = left + kx;
      if (y < 0 || y >= l.in.height || x < 0 || x >= l.in.width) continue;  // padding contributes 0
      const std::int64_t first = (y * l.in.width + x) * l.in.channels + first_channel;
      visit(in.subspan(static_cast<std::size_t>(first), channels),
            (std::int64_t{ky} * l.kernel_w + kx) * channels);
    }
}

/// Sum of (q - zero) * w; without weights, of q - zero. Partial sums of 128 products fit in int32:
/// each is below 2^24.
std::int64_t dot(std::span<const std::int16_t> q, int zero, const std::int8_t* w) {
  constexpr std::size_t kBlock = 128;
  std::int64_t sum = 0;
  for (std::size_t first = 0; first < q.size(); first += kBlock) {
    const std::size_t last = std::min(first + kBlock, q.size());
    std::int32_t part = 0;
    if (w == nullptr)
      for (std::size_t i = first; i < last; ++i)
        part += q[i] - zero;
    else
      for (std::size_t i = first; i < last; ++i)
        part += (q[i] - zero) * w[i];
    sum += part;
  }
  return sum;
}

std::int32_t output(const Layer& l, std::span<const std::int16_t> in,
                    std::span<const std::int16_t> second, std::span<const std::int8_t> weights,
                    const Table& table, std::int64_t pixel, int channel, std::uint64_t* overflows) {
  if (l.op == Op::max_pool) {
    std::int32_t largest = std::numeric_limits<std::int32_t>::min();
    for_each_run(l, in, pixel, channel, [&](std::span<const std::int16_t> q, std::int64_t) {
      largest = std::max<std::int32_t>(largest, std::ranges::max(q));
    });
    return largest;
  }
  if (l.op == Op::add) {
    const auto at = static_cast<std::size_t>(pixel * l.in.channels + channel);
    const std::int64_t a = in[at] - l.in_type.zero_point, b = second[at] - l.second_type.zero_point;
    return requantise(l, table, channel, a * l.scale + b * l.second_scale, overflows);
  }
  std::int64_t sum = 0;
  const std::int64_t first_weight = std::int64_t{channel} * l.inputs_per_output();
  for_each_run(l, in, pixel, channel, [&](std::span<const std::int16_t> q, std::int64_t i) {
    sum += dot(q, l.in_type.zero_point, l.has_weights() ? &weights[first_weight + i] : nullptr);
  });
  return requantise(l, table, channel, sum, overflows);
}

}  // namespace

std::int64_t multiply_single(std::int32_t value, std::int32_t multiplier, std::uint32_t shift) {
  const std::int64_t half = shift == 0 ? 0 : std::int64_t{1} << (shift - 1);
  return (std::int64_t{value} * multiplier + half) >> shift;
}

std::int32_t multiply_tflite(std::int32_t value, std::int32_t multiplier, std::uint32_t shift) {
  const int right = static_cast<int>(shift) - 31;
  if (right < 0)
    return doubling_high_multiply(saturate(std::int64_t{value} * (1LL << -right)), multiplier);
  return rounding_divide_by_power(doubling_high_multiply(value, multiplier), right);
}

std::int32_t requantise(const Layer& layer, const Table& table, int channel,
                        std::int64_t accumulator, std::uint64_t* overflows) {
  const std::int64_t sum = accumulator + (table.bias.empty() ? 0 : table.bias[channel]);
  const std::int32_t value = saturate(sum);
  if (value != sum && overflows != nullptr) ++*overflows;

  const FeatureType& type = layer.out_type;
  const auto feature = [&](std::int64_t scaled) {
    return static_cast<std::int32_t>(
        std::clamp<std::int64_t>(scaled + type.zero_point, type.low(), type.high()));
  };
  switch (layer.requantisation) {
    case Requantisation::none:
      break;
    case Requantisation::multiply:
      return feature(multiply_single(value, table.multiplier[channel], table.shift[channel]));
    case Requantisation::multiply_tflite:
      return feature(multiply_tflite(value, table.multiplier[channel], table.shift[channel]));
    case Requantisation::thresholds: {
      const int count = (1 << type.bits) - 1;
      const auto thresholds =
          std::span(table.thresholds).subspan(std::size_t{1} * channel * count, count);
      return type.low() +
             static_cast<std::int32_t>(std::ranges::count_if(thresholds, [&](std::int32_t t) {
               return table.descending[channel] ? value <= t : value >= t;
             }));
    }
  }
  return value;
}

void reference(const Layer& layer, std::span<const std::int16_t> in,
               std::span<const std::int8_t> weights, const Table& table,
               std::span<std::int32_t> out, std::uint64_t* overflows,
               std::span<const std::int16_t> second) {
  reference(layer, in, weights, table, 0, layer.out.pixels(), out, overflows, second);
}

void reference(const Layer& layer, std::span<const std::int16_t> in,
               std::span<const std::int8_t> weights, const Table& table, std::int64_t first,
               std::int64_t count, std::span<std::int32_t> out, std::uint64_t* overflows,
               std::span<const std::int16_t> second) {
  std::size_t next = 0;
  for (std::int64_t pixel = first; pixel < first + count; ++pixel)
    for (int channel = 0; channel < layer.out.channels; ++channel)
      out[next++] = output(layer, in, second, weights, table, pixel, channel, overflows);
}

}  // namespace cairn::numbers
