#include "compiler/lower/weight_quantiser.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/import/refusal.hpp"
#include "compiler/lower/attributes.hpp"
#include "compiler/lower/broadcast.hpp"
#include "compiler/lower/quantiser.hpp"

namespace cairn::compiler {

namespace {

/// Input `index` broadcast to the shape of input 0.
std::vector<float> expanded(const std::string& file, const Node& node,
                            const std::vector<const Constant*>& inputs, std::size_t index,
                            const char* what) {
  if (index >= inputs.size() || !inputs[index]) refuse(file, node, std::string("has no ") + what);
  const Dims& to = inputs[0]->tensor.dims;
  const Tensor& from = inputs[index]->tensor;
  const bool fits =
      from.dims.size() <= to.size() && broadcast_dims(from.dims, to) == to && element_count(to);
  if (!fits)
    refuse(file, node, std::string("its ") + what + " has a shape that does not fit its input");
  const std::vector<float> values = as_floats(from);
  std::vector<float> out;
  for (const std::size_t i : broadcast_indices(from.dims, to))
    out.push_back(values[i]);
  return out;
}

std::vector<float> expanded_scales(const std::string& file, const Node& node,
                                   const std::vector<const Constant*>& inputs) {
  std::vector<float> scales = expanded(file, node, inputs, 1, "scale");
  for (const float scale : scales)
    if (!(scale > 0) || !std::isfinite(scale))
      refuse(file, node, "has a scale that is not positive");
  return scales;
}

float number(const std::string& file, const Node& node, float value) {
  if (std::isnan(value))
    refuse(file, node, "quantises a constant that holds a value that is not a number");
  return value;
}

Constant constant_of(const Dims& dims, QuantisedValues quantised) {
  Constant out;
  out.tensor.dims = dims;
  for (std::size_t i = 0; i < quantised.values.size(); ++i)
    out.tensor.floats.push_back(static_cast<float>(quantised.values[i]) * quantised.scales[i]);
  out.quantised = std::move(quantised);
  return out;
}

struct Elements {
  const std::vector<float>&values, &scales, &bits;
};

/// Widths above 8 bits, as biases have: float32, and no integers to multiply with.
Constant wide_constant(const std::string& file, const Node& node, const Dims& dims,
                       const Elements& e, const Quantiser& rule) {
  Constant out;
  out.tensor.dims = dims;
  for (std::size_t i = 0; i < e.values.size(); ++i) {
    const float span = std::exp2(e.bits[i] - (rule.is_signed ? 1.0F : 0.0F));
    const float low = rule.is_signed ? (rule.narrow ? 1.0F : 0.0F) - span : 0.0F;
    const float high = span - 1 - (!rule.is_signed && rule.narrow ? 1.0F : 0.0F);
    const float scaled = number(file, node, e.values[i]) / e.scales[i];
    out.tensor.floats.push_back(round_as(rule.rounding, std::clamp(scaled, low, high)) *
                                e.scales[i]);
  }
  return out;
}

}  // namespace

Constant bipolar_constant(const std::string& file, const Node& node,
                          const std::vector<const Constant*>& inputs) {
  if (inputs.empty() || !inputs[0]) refuse(file, node, "has no input");
  QuantisedValues q;
  q.scales = expanded_scales(file, node, inputs);
  q.bits = 1;
  q.encoding = numbers::WeightEncoding::binary;
  for (const float x : as_floats(inputs[0]->tensor))
    q.values.push_back(number(file, node, x) >= 0 ? 1 : -1);
  return constant_of(inputs[0]->tensor.dims, std::move(q));
}

Constant quantise_constant(const std::string& file, const Node& node,
                           const std::vector<const Constant*>& inputs) {
  if (inputs.empty() || !inputs[0]) refuse(file, node, "has no input");
  const Attributes attributes(file, node);
  Quantiser rule;
  rule.is_signed = attributes.integer("signed") != 0;
  rule.narrow = attributes.integer("narrow") != 0;
  rule.rounding = rounding_of(file, node);
  QuantisedValues q;
  q.scales = expanded_scales(file, node, inputs);
  const std::vector<float> zeros = expanded(file, node, inputs, 2, "zero point");
  const std::vector<float> bits = expanded(file, node, inputs, 3, "bit-width");
  if (std::any_of(zeros.begin(), zeros.end(), [](float z) { return z != 0; }))
    refuse(file, node, "weights with a zero point other than 0 are not supported");
  for (const float b : bits)
    if (!(b >= 1 && b <= 32) || b != std::trunc(b))
      refuse(file, node, "constants have 1 to 32 bits, not " + std::to_string(b));
  const std::vector<float> values = as_floats(inputs[0]->tensor);
  if (std::any_of(bits.begin(), bits.end(), [](float b) { return b > 8; }))
    return wide_constant(file, node, inputs[0]->tensor.dims, {values, q.scales, bits}, rule);
  for (std::size_t i = 0; i < values.size(); ++i) {
    rule.bits = static_cast<int>(bits[i]);
    rule.scale = q.scales[i];
    rule.bipolar = rule.bits == 1 && rule.is_signed;
    q.values.push_back(static_cast<std::int16_t>(rule.apply(number(file, node, values[i]))));
    q.bits = std::max(q.bits, rule.bits);
  }
  if (q.bits == 1 && rule.is_signed) {
    q.encoding = numbers::WeightEncoding::binary;
  } else if (q.bits == 2 && rule.is_signed && rule.narrow) {
    q.encoding = numbers::WeightEncoding::ternary;
  } else if (!rule.is_signed) {
    ++q.bits;  // the operand contract has signed weights only
    if (q.bits > 8) refuse(file, node, "unsigned weights have 1 to 7 bits, not 8");
  }
  return constant_of(inputs[0]->tensor.dims, std::move(q));
}

}  // namespace cairn::compiler
