#include "models/npu/twin_table.hpp"

#include <algorithm>
#include <limits>

namespace cairn::npu {

using numbers::Layer;
using numbers::Op;
using numbers::Requantisation;

namespace {

std::int64_t saturated(std::int64_t value) {
  return std::clamp<std::int64_t>(value, std::numeric_limits<std::int32_t>::min(),
                                  std::numeric_limits<std::int32_t>::max());
}

/// value / 2^exponent, to nearest, ties away from zero.
std::int64_t divided(std::int64_t value, int exponent) {
  const std::int64_t half = exponent == 0 ? 0 : std::int64_t{1} << (exponent - 1);
  return value < 0 ? -((-value + half) >> exponent) : (value + half) >> exponent;
}

/// First value * multiplier / 2^31 to nearest, ties up; then a shift to nearest, ties away from
/// zero.
std::int64_t rounded_twice(std::int64_t value, std::int64_t multiplier, int shift) {
  if (shift < 31) value = saturated(value * (std::int64_t{1} << (31 - shift)));
  const std::int64_t high = saturated((value * multiplier + (std::int64_t{1} << 30)) >> 31);
  return divided(high, std::max(0, shift - 31));
}

}  // namespace

int twin_table_words(const Layer& layer) {
  if (layer.op == Op::max_pool) return 0;
  switch (layer.requantisation) {
    case Requantisation::none:
      return 1;
    case Requantisation::thresholds:
      return 1 << layer.out_type.bits;
    default:
      return 3;
  }
}

std::int32_t twin_requantise(const Layer& layer, std::span<const std::uint32_t> entry,
                             std::int64_t accumulator, std::uint64_t& overflows) {
  const auto word = [&](std::size_t i) { return static_cast<std::int32_t>(entry[i]); };
  const numbers::FeatureType& type = layer.out_type;
  const bool has_bias = layer.requantisation != Requantisation::thresholds;
  const std::int64_t sum = accumulator + (has_bias ? word(0) : 0);
  const std::int64_t value = saturated(sum);
  if (value != sum) ++overflows;
  if (layer.requantisation == Requantisation::none) return static_cast<std::int32_t>(value);
  if (layer.requantisation == Requantisation::thresholds) {
    const bool descending = (entry[0] & 1) != 0;
    std::int32_t reached = 0;
    for (std::size_t i = 1; i < entry.size(); ++i)
      if (descending ? value <= word(i) : value >= word(i)) ++reached;
    return type.low() + reached;
  }
  const auto shift = static_cast<int>(std::min<std::uint32_t>(entry[2], 62));
  std::int64_t scaled = 0;
  if (layer.requantisation == Requantisation::multiply)
    scaled = (value * word(1) + (shift == 0 ? 0 : std::int64_t{1} << (shift - 1))) >> shift;
  else
    scaled = rounded_twice(value, word(1), shift);
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(scaled + type.zero_point, type.low(), type.high()));
}

}  // namespace cairn::npu
