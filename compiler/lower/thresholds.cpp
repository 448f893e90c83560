#include "compiler/lower/thresholds.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace cairn::compiler {

namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();

/// One channel from accumulator to output integer.
struct ChannelFunction {
  const FloatChain& chain;
  const Quantiser& quantiser;
  std::size_t channel;

  int operator()(std::int64_t accumulator) const {
    const float x = chain.evaluate(channel, accumulator);
    if (std::isnan(x))
      throw std::domain_error("channel " + std::to_string(channel) +
                              " has a value that is not a number");
    return quantiser.apply(x);
  }
};

/// The smallest accumulator (falling: the largest) whose output is at least `level`.
std::int32_t first_reaching(const ChannelFunction& f, int level, bool falling) {
  // `near` does not reach the level, `far` does; they close in on each other.
  std::int64_t near = falling ? kHighest : kLowest, far = falling ? kLowest : kHighest;
  if (f(near) >= level) return static_cast<std::int32_t>(near);
  if (f(far) < level) return static_cast<std::int32_t>(far);
  while (std::abs(far - near) > 1) {
    const std::int64_t middle = near + (far - near) / 2;
    (f(middle) >= level ? far : near) = middle;
  }
  return static_cast<std::int32_t>(far);
}

}  // namespace

numbers::Table find_thresholds(const FloatChain& chain, const Quantiser& quantiser) {
  const numbers::FeatureType type = quantiser.type();
  numbers::Table table;
  for (std::size_t c = 0; c < chain.channels(); ++c) {
    const ChannelFunction f{chain, quantiser, c};
    const bool falling = f(kHighest) < f(kLowest);
    table.descending.push_back(falling);
    for (int level = type.low() + 1; level <= type.high(); ++level)
      table.thresholds.push_back(first_reaching(f, level, falling));
  }
  return table;
}

}  // namespace cairn::compiler
