// Where float operations end: quantisers, and the network's output.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "compiler/lower/builder.hpp"
#include "compiler/lower/thresholds.hpp"

namespace cairn::compiler {

namespace {

constexpr int kMaxThresholdBits = 4;

bool same(const Quantiser& a, const Quantiser& b) {
  return a.scale == b.scale && a.type() == b.type() && a.low() == b.low() && a.high() == b.high();
}

void silence(NetworkLayer& layer, std::size_t channel) {
  const auto inputs = static_cast<std::ptrdiff_t>(layer.layer.inputs_per_output());
  const auto first = layer.weights.begin() + static_cast<std::ptrdiff_t>(channel) * inputs;
  std::fill(first, first + inputs, std::int8_t{0});
}

void require_no_clamp(const Operation& o, const ClampedLine& line) {
  if (line.clamps())
    o.refuse("a Relu or Clip on values that no quantiser follows is not supported");
}

}  // namespace

void Builder::set_features(const Quantiser& quantiser, const numbers::FeatureType& type, int low,
                           int high) {
  value_.type = type;
  value_.range = {low - type.zero_point, high - type.zero_point};
  value_.chain = {};
  value_.quantiser = quantiser;
  value_.state = Value::State::features;
}

void Builder::quantise(const Operation& o, const Quantiser& quantiser) {
  if (value_.state == Value::State::real) return quantise_input(o, quantiser);
  if (value_.state == Value::State::features) {
    if (same(quantiser, value_.quantiser)) return;
    open_requantisation(o);
  } else {
    absorb(o.node);
  }
  close(o, quantiser);
}

void Builder::quantise_input(const Operation& o, const Quantiser& q) {
  if (!q.bipolar && q.rounding != Rounding::half_even)
    o.refuse("the network's input must be rounded with ROUND");
  const ClampedLine line = value_.chain.line(0);
  if (line.clamps() || !(line.slope > 0) || !std::isfinite(line.slope) ||
      !std::isfinite(line.offset))
    o.refuse("the network's input is processed in a way that is no plain scale and offset");
  for (std::size_t c = 1; c < value_.chain.channels(); ++c) {
    const ClampedLine other = value_.chain.line(c);
    if (other.slope != line.slope || other.offset != line.offset || other.clamps())
      o.refuse("the network's input is scaled differently in each channel");
  }
  network_.input = value_.shape;
  network_.input_type = q.type();
  network_.input_scale = q.scale / line.slope;
  network_.input_offset = line.offset == 0 ? 0 : -line.offset / line.slope;
  network_.input_low = q.low();
  network_.input_high = q.high();
  network_.input_bipolar = q.bipolar;
  set_features(q, q.type(), q.low(), q.high());
}

void Builder::close(const Operation& o, const Quantiser& q) {
  numbers::Layer& layer = value_.open.layer;
  try {
    if (q.type().bits <= kMaxThresholdBits) {
      layer.requantisation = numbers::Requantisation::thresholds;
      layer.out_type = q.type();
      value_.open.table = find_thresholds(value_.chain, q);
    } else {
      const bool can_silence =
          layer.has_weights() && layer.weight_encoding != numbers::WeightEncoding::binary;
      Multipliers m = find_multipliers(value_.chain, q, value_.ranges, can_silence);
      layer.requantisation = numbers::Requantisation::multiply;
      layer.out_type = m.type;
      value_.open.table = std::move(m.table);
      for (const std::size_t channel : m.silent)
        silence(value_.open, channel);
    }
  } catch (const std::domain_error& e) {
    o.refuse(e.what());
  }
  const numbers::FeatureType type = layer.out_type;
  const bool exact =
      layer.requantisation == numbers::Requantisation::thresholds;  // else `narrow` may be exceeded
  value_.layer = emit(o, std::move(value_.open));
  for (NetworkLayer& pool : value_.pools) {
    pool.layer.in_type = pool.layer.out_type = type;
    pool.input = value_.layer;
    value_.layer = emit(o, std::move(pool));
  }
  value_.pools.clear();
  set_features(q, type, exact ? q.low() : type.low(), exact ? q.high() : type.high());
}

void Builder::close_raw(const Operation& last) {
  if (!value_.pools.empty())
    last.refuse("the network ends with a max pooling of values that are not quantised");
  const double scale = value_.chain.line(0).slope;
  if (!(scale > 0) || !std::isfinite(scale))
    last.refuse(
        "the network's output falls or stays constant when its accumulator rises, which raw "
        "accumulators cannot");
  for (std::size_t c = 0; c < value_.chain.channels(); ++c) {
    const ClampedLine line = value_.chain.line(c);
    require_no_clamp(last, line);
    if (std::abs(line.slope - scale) > 1e-6 * scale)
      last.refuse("the network's output has a scale per channel (" + std::to_string(line.slope) +
                  " in channel " + std::to_string(c) + ", " + std::to_string(scale) +
                  " in channel 0); raw accumulators have one: quantise the weights per tensor or "
                  "the output");
    const double bias = std::nearbyint(line.offset / scale);
    const double room =
        std::numeric_limits<std::int32_t>::max() -
        static_cast<double>(std::max(-value_.ranges[c].first, value_.ranges[c].second));
    if (!(std::abs(bias) <= room))
      last.refuse("the bias of channel " + std::to_string(c) +
                  " does not fit 32 bits together with its accumulator");
    value_.open.table.bias.push_back(static_cast<std::int32_t>(bias));
  }
  value_.open.layer.requantisation = numbers::Requantisation::none;
  value_.open.layer.out_type = {numbers::kAccumulatorBits, true, 0};
  network_.output_scale = scale;
  value_.layer = emit(last, std::move(value_.open));
}

}  // namespace cairn::compiler
