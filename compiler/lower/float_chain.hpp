// The float32 operations between an integer accumulator and the next quantiser, per channel.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace cairn::compiler {

/// One operation on a value x of channel c; `operand` has one element a channel (none for relu).
struct FloatStep {
  enum class Kind : std::uint8_t {
    multiply,
    divide,
    add,
    subtract,
    subtract_from,
    relu,
    at_least,
    at_most
  };
  Kind kind = Kind::relu;
  std::vector<float> operand;

  float apply(float x, std::size_t channel) const;
};

/// The chain of one channel as real numbers: clamp(slope * accumulator + offset, low, high).
struct ClampedLine {
  double slope = 1, offset = 0;
  double low = -std::numeric_limits<double>::infinity();  ///< infinite where nothing clamps
  double high = std::numeric_limits<double>::infinity();

  bool clamps() const;
};

/// What happens to an accumulator: its value in float32, then step by step in float32, in the
/// model's own order. Each step is rounded monotonically, so the chain is monotone (rising or
/// falling) in the accumulator.
class FloatChain {
 public:
  FloatChain() = default;
  /// The accumulator 1 stands for units[c] in channel c.
  explicit FloatChain(std::vector<double> units) : units_(std::move(units)) {}

  std::size_t channels() const { return units_.size(); }
  bool empty() const { return steps_.empty(); }
  void push(FloatStep step) { steps_.push_back(std::move(step)); }

  float evaluate(std::size_t channel, std::int64_t accumulator) const;
  /// The same without rounding.
  ClampedLine line(std::size_t channel) const;

 private:
  std::vector<double> units_;
  std::vector<FloatStep> steps_;
};

}  // namespace cairn::compiler
