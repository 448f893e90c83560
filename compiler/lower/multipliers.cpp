#include "compiler/lower/multipliers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

namespace cairn::compiler {

namespace {

constexpr int kMultiplierBits = 31, kMaxShift = 62;
constexpr std::int64_t kMaxInt32 = std::numeric_limits<std::int32_t>::max();

struct Entry {
  std::int32_t bias = 0, multiplier = 0;
  std::uint32_t shift = 0;
};

std::string in_channel(std::size_t channel, const std::string& reason) {
  return "channel " + std::to_string(channel) + " " + reason;
}

/// The integers that the outputs of a channel are clamped to.
std::pair<int, int> clamp_range(const ClampedLine& line, const Quantiser& quantiser) {
  return {quantiser.apply(static_cast<float>(line.low)),
          quantiser.apply(static_cast<float>(line.high))};
}

/// A type whose own range is the range of the outputs; a clamp that only `narrow` causes may be
/// exceeded.
numbers::FeatureType type_for(std::pair<int, int> range, const Quantiser& quantiser) {
  numbers::FeatureType type = quantiser.type();
  if (quantiser.narrow && range.first == quantiser.low() && type.is_signed) --range.first;
  if (quantiser.narrow && range.second == quantiser.high() && !type.is_signed) ++range.second;
  const auto fits = [&] { return type.low() == range.first && type.high() == range.second; };
  if (fits()) return type;
  for (type.bits = 1; type.bits <= quantiser.bits; ++type.bits)
    for (const bool is_signed : {false, true})
      if (type.is_signed = is_signed; fits()) return type;
  throw std::domain_error("clamps its outputs to " + std::to_string(range.first) + ".." +
                          std::to_string(range.second) +
                          ", which is not the range of a feature type");
}

/// Multiplier and shift closest to `slope`. False if it is too steep.
bool set_slope(Entry& entry, double slope) {
  if (slope == 0) return true;
  int exponent = 0;
  std::frexp(slope, &exponent);  // |slope| is in [2^(exponent-1), 2^exponent)
  int shift = std::min(kMultiplierBits - exponent, kMaxShift);
  if (shift >= 0 && std::llround(std::abs(std::ldexp(slope, shift))) > kMaxInt32) --shift;
  if (shift < 0) return false;
  entry.multiplier = static_cast<std::int32_t>(std::llround(std::ldexp(slope, shift)));
  entry.shift = static_cast<std::uint32_t>(shift);
  return true;
}

/// False if the bias and the channel's accumulators do not fit int32 together.
bool set_bias(Entry& entry, double offset, const AccumulatorRange& range) {
  if (offset == 0) return true;
  if (entry.multiplier == 0) return false;
  const double bias =
      std::nearbyint(std::ldexp(offset, static_cast<int>(entry.shift)) / entry.multiplier);
  const double room = static_cast<double>(kMaxInt32 - std::max(-range.first, range.second));
  if (!(std::abs(bias) <= room)) return false;
  entry.bias = static_cast<std::int32_t>(bias);
  return true;
}

/// A channel whose output is the same for all its accumulators.
Entry constant_entry(std::size_t channel, int value, bool can_silence) {
  if (value == 0) return {};
  if (!can_silence)
    throw std::domain_error(in_channel(
        channel, "has the same output for every input, and no weights that could be zeroed"));
  return {value, 1 << 30, 30};
}

}  // namespace

Multipliers find_multipliers(const FloatChain& chain, const Quantiser& quantiser,
                             const std::vector<AccumulatorRange>& ranges, bool can_silence) {
  if (quantiser.rounding != Rounding::half_even && quantiser.rounding != Rounding::down)
    throw std::domain_error(
        "rounds in a way that outputs of more than 4 bits cannot have (only ROUND and FLOOR)");
  Multipliers out;
  std::optional<numbers::FeatureType> common;
  for (std::size_t c = 0; c < chain.channels(); ++c) {
    const ClampedLine line = chain.line(c);
    const float at_low = chain.evaluate(c, ranges[c].first),
                at_high = chain.evaluate(c, ranges[c].second);
    if (!std::isfinite(line.slope) || !std::isfinite(line.offset) || std::isnan(at_low) ||
        std::isnan(at_high))
      throw std::domain_error(in_channel(c, "has a value that is not a number"));
    const double slope = line.slope / quantiser.scale;
    // Rounding half up of x - 1/2 is FLOOR of x.
    const double offset =
        line.offset / quantiser.scale - (quantiser.rounding == Rounding::down ? 0.5 : 0.0);
    Entry entry;
    if (!std::isfinite(slope) || !set_slope(entry, slope))
      throw std::domain_error(in_channel(c, "has a slope of 2^31 or more"));
    if (!set_bias(entry, offset, ranges[c])) {
      if (std::abs(quantiser.apply(at_high) - quantiser.apply(at_low)) > 1)
        throw std::domain_error(
            in_channel(c, "has a bias that does not fit 32 bits together with its accumulators"));
      const int value = quantiser.apply(chain.evaluate(c, 0)) - quantiser.zero_point;
      entry = constant_entry(c, value, can_silence);
      if (value != 0) out.silent.push_back(c);
    } else if (entry.multiplier != 0) {
      const numbers::FeatureType type = type_for(clamp_range(line, quantiser), quantiser);
      if (common && type != *common)
        throw std::domain_error(
            in_channel(c, "clamps its outputs to another range than the channels before it"));
      common = type;
    }
    out.table.bias.push_back(entry.bias);
    out.table.multiplier.push_back(entry.multiplier);
    out.table.shift.push_back(entry.shift);
  }
  out.type = common.value_or(quantiser.type());
  for (const std::size_t c : out.silent)
    out.table.bias[c] = std::clamp(out.table.bias[c], out.type.low() - out.type.zero_point,
                                   out.type.high() - out.type.zero_point);
  return out;
}

}  // namespace cairn::compiler
