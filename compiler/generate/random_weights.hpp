// Random weights with the distribution of trained ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cairn::compiler {

/// Weights of one layer: normally distributed, clipped, quantised symmetrically to `bits` bits (1:
/// -1 or +1). How far a channel's distribution is clipped differs from channel to channel, as it
/// does where a channel's scale follows from its largest weight. The mean is zero.
class RandomWeights {
 public:
  RandomWeights(int bits, std::uint64_t key);

  /// The weights of an output channel; `row` has as many elements as the channel has inputs.
  void fill(int channel, std::span<std::int8_t> row) const;
  /// Variance of the channel's distribution.
  double variance(int channel) const;

 private:
  /// Weight values at 256 equally likely points of the distribution.
  struct Quantiles {
    std::int8_t values[256];
    double variance = 0;
  };
  const Quantiles& quantiles(int channel) const;

  std::uint64_t key_;
  std::vector<Quantiles> kinds_;
};

/// Sum of weights[i] * values[i], exact.
std::int64_t dot(std::span<const std::int8_t> weights, std::span<const std::int16_t> values);

}  // namespace cairn::compiler
