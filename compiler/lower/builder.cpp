#include "compiler/lower/builder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/import/refusal.hpp"
#include "compiler/lower/broadcast.hpp"
#include "compiler/lower/layer_order.hpp"

namespace cairn::compiler {

namespace {

/// [1, C], [1, C, W] or [1, C, H, W] as NHWC; nothing if it is none of them.
std::optional<numbers::Shape> shape_of(const Dims& dims) {
  if (dims.size() < 2 || dims.size() > 4 || dims[0] != 1) return std::nullopt;
  if (std::any_of(dims.begin(), dims.end(), [](std::int64_t d) { return d < 1 || d > 65'535; }))
    return std::nullopt;
  if (!element_count(dims)) return std::nullopt;
  const auto at = [&](std::size_t i) { return static_cast<int>(dims[i]); };
  if (dims.size() == 2) return numbers::Shape{1, 1, at(1)};
  if (dims.size() == 3) return numbers::Shape{1, at(2), at(1)};
  return numbers::Shape{at(2), at(3), at(1)};
}

/// NCHW and NHWC order of the elements are the same.
bool is_one_dimensional(const numbers::Shape& s) {
  return s.channels == 1 || s.pixels() == 1;
}

std::string text_of(const Dims& dims) {
  std::string text;
  for (const std::int64_t dim : dims)
    text += (text.empty() ? "[" : ", ") + std::to_string(dim);
  return text.empty() ? "[]" : text + "]";
}

FloatChain unit_chain(const numbers::Shape& shape) {
  return FloatChain(std::vector<double>(static_cast<std::size_t>(shape.channels), 1.0));
}

bool turns_values_around(const FloatStep& step) {
  using Kind = FloatStep::Kind;
  if (step.kind == Kind::subtract_from) return true;
  if (step.kind != Kind::multiply && step.kind != Kind::divide) return false;
  return std::any_of(step.operand.begin(), step.operand.end(), [](float v) { return v < 0; });
}

}  // namespace

Builder::Builder(const std::string& file, const std::string& name, const Dims& dims) {
  value_.dims = dims;
  const auto shape = shape_of(dims);
  if (!shape)
    refuse(
        file,
        "its input has the shape " + text_of(dims) +
            "; supported are [1, C], [1, C, W] and [1, C, H, W] with sizes known (batch size 1)");
  value_.shape = *shape;
  network_.name = name;
  network_.input = value_.shape;
  value_.chain = unit_chain(value_.shape);
}

void Builder::require_features(const Operation& o) const {
  if (value_.state != Value::State::features) o.refuse("its input is not quantised");
}

bool Builder::is_never_negative() const {
  return value_.state == Value::State::features && value_.range.first >= 0;
}

void Builder::absorb(const Node& node) {
  if (value_.state == Value::State::open && value_.open.name != node.name)
    value_.open.source_nodes += ", " + node.name;
}

void Builder::reshape(const Operation& o, const Dims& dims) {
  const bool is_flat = dims.size() == 2 && dims[0] == 1 && dims[1] == value_.shape.elements();
  const auto shape = shape_of(dims);
  const bool in_place = shape && shape->elements() == value_.shape.elements() &&
                        is_one_dimensional(*shape) && is_one_dimensional(value_.shape);
  if (!is_flat && shape != value_.shape) {
    if (!in_place || value_.state == Value::State::open || !value_.chain.empty())
      o.refuse("turns the shape " + text_of(value_.dims) + " into " + text_of(dims) +
               "; supported are flattening, and shapes of one channel or one pixel");
    value_.shape = *shape;
    if (value_.state == Value::State::real) value_.chain = unit_chain(value_.shape);
  }
  value_.dims = dims;
}

void Builder::open(const Operation& o, NetworkLayer layer, std::vector<double> units,
                   std::vector<AccumulatorRange> ranges, const Dims& dims) {
  require_features(o);
  layer.name = layer.source_nodes = o.node.name;
  layer.input = value_.layer;
  layer.layer.in = value_.shape;
  layer.layer.in_type = value_.type;
  for (const auto& [low, high] : ranges)
    if (low < -std::numeric_limits<std::int32_t>::max() ||
        high > std::numeric_limits<std::int32_t>::max())
      o.refuse("its accumulators can reach " + std::to_string(std::max(-low, high)) +
               ", which does not fit 32 bits");
  value_.open = std::move(layer);
  value_.chain = FloatChain(std::move(units));
  value_.ranges = std::move(ranges);
  value_.dims = dims;
  value_.shape = value_.open.layer.out;
  value_.state = Value::State::open;
}

void Builder::open_requantisation(const Operation& o) {
  NetworkLayer layer;
  layer.layer.op = numbers::Op::requantise;
  layer.layer.out = value_.shape;
  const auto channels = static_cast<std::size_t>(value_.shape.channels);
  open(o, std::move(layer), std::vector<double>(channels, scale()),
       std::vector<AccumulatorRange>(channels, value_.range), value_.dims);
}

void Builder::max_pool(const Operation& o, NetworkLayer layer, const Dims& dims) {
  if (value_.state == Value::State::real) require_features(o);
  layer.name = layer.source_nodes = o.node.name;
  layer.layer.in = value_.shape;
  value_.dims = dims;
  value_.shape = layer.layer.out;
  if (value_.state == Value::State::open) {
    value_.pools.push_back(std::move(layer));
    return;
  }
  layer.layer.in_type = layer.layer.out_type = value_.type;
  layer.input = value_.layer;
  value_.layer = emit(o, std::move(layer));
}

void Builder::push(const Operation& o, FloatStep step) {
  for (const float v : step.operand)
    if (!std::isfinite(v) || (v == 0 && step.kind == FloatStep::Kind::divide))
      o.refuse("has a parameter that is zero, infinite or not a number where it must not be");
  if (!value_.pools.empty() && turns_values_around(step))
    o.refuse("has a negative factor after a max pooling of values that are not quantised");
  if (value_.state == Value::State::features) open_requantisation(o);
  value_.chain.push(std::move(step));
}

int Builder::emit(const Operation& o, NetworkLayer layer) {
  const std::string reason = numbers::invalid(layer.layer);
  if (!reason.empty()) o.refuse("layer '" + layer.name + "' is not supported: " + reason);
  network_.layers.push_back(std::move(layer));
  return static_cast<int>(network_.layers.size()) - 1;
}

Network Builder::finish(const Operation& last) {
  if (value_.state == Value::State::real)
    last.refuse("the network ends before anything is quantised");
  if (value_.state == Value::State::open)
    close_raw(last);
  else
    network_.output_scale = scale();
  if (value_.layer == kNetworkInput) last.refuse("the network has no layer");
  order_layers(network_, value_.layer);
  return std::move(network_);
}

}  // namespace cairn::compiler
