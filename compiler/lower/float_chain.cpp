#include "compiler/lower/float_chain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cairn::compiler {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void scale(ClampedLine& line, double factor) {
  line.slope *= factor;
  line.offset *= factor;
  // 0 * infinity is no bound: the line is constant then.
  line.low = factor == 0 ? -kInfinity : line.low * factor;
  line.high = factor == 0 ? kInfinity : line.high * factor;
  if (factor < 0) std::swap(line.low, line.high);
}

void shift(ClampedLine& line, double amount) {
  line.offset += amount;
  line.low += amount;
  line.high += amount;
}

void clamp(ClampedLine& line, double low, double high) {
  line.low = std::clamp(line.low, low, high);
  line.high = std::clamp(line.high, low, high);
}

}  // namespace

float FloatStep::apply(float x, std::size_t channel) const {
  switch (kind) {
    case Kind::multiply:
      return x * operand[channel];
    case Kind::divide:
      return x / operand[channel];
    case Kind::add:
      return x + operand[channel];
    case Kind::subtract:
      return x - operand[channel];
    case Kind::subtract_from:
      return operand[channel] - x;
    case Kind::relu:
      return std::max(x, 0.0F);
    case Kind::at_least:
      return std::max(x, operand[channel]);
    case Kind::at_most:
      return std::min(x, operand[channel]);
  }
  return x;
}

bool ClampedLine::clamps() const {
  return low != -kInfinity || high != kInfinity;
}

float FloatChain::evaluate(std::size_t channel, std::int64_t accumulator) const {
  float x = static_cast<float>(static_cast<double>(accumulator) * units_[channel]);
  for (const FloatStep& step : steps_)
    x = step.apply(x, channel);
  return x;
}

ClampedLine FloatChain::line(std::size_t c) const {
  ClampedLine line;
  line.slope = units_[c];
  for (const FloatStep& step : steps_) {
    switch (step.kind) {
      case FloatStep::Kind::multiply:
        scale(line, step.operand[c]);
        break;
      case FloatStep::Kind::divide:
        scale(line, 1 / static_cast<double>(step.operand[c]));
        break;
      case FloatStep::Kind::add:
        shift(line, step.operand[c]);
        break;
      case FloatStep::Kind::subtract:
        shift(line, -static_cast<double>(step.operand[c]));
        break;
      case FloatStep::Kind::subtract_from:
        scale(line, -1);
        shift(line, step.operand[c]);
        break;
      case FloatStep::Kind::relu:
        clamp(line, 0, kInfinity);
        break;
      case FloatStep::Kind::at_least:
        clamp(line, step.operand[c], kInfinity);
        break;
      case FloatStep::Kind::at_most:
        clamp(line, -kInfinity, step.operand[c]);
        break;
    }
  }
  return line;
}

}  // namespace cairn::compiler
