// Float operations with one parameter a channel.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/lower/nodes.hpp"

namespace cairn::compiler {

namespace {

std::size_t channels_of(const Builder& b) {
  return static_cast<std::size_t>(b.shape().channels);
}

/// The constant as one value per channel of the features as they lie in memory.
std::vector<float> per_channel(const Builder& b, const Operation& o, const Constant& constant) {
  std::vector<float> values = as_floats(constant.tensor);
  const Dims& dims = constant.tensor.dims;
  const std::size_t rank = b.dims().size();
  if (values.size() == 1 && dims.size() <= rank)
    return std::vector<float>(channels_of(b), values[0]);
  Dims expected(rank, 1);
  expected[1] = b.shape().channels;
  Dims padded(rank - std::min(rank, dims.size()), 1);
  padded.insert(padded.end(), dims.begin(), dims.end());
  if (padded != expected || b.dims()[1] != b.shape().channels)
    o.refuse("its constant operand is neither one number nor one number per channel");
  return values;
}

/// Input `index` of a BatchNormalization.
std::vector<float> parameter(const Builder& b, const Operation& o, std::size_t index,
                             const char* what) {
  std::vector<float> values = as_floats(o.constant(index, what).tensor);
  if (values.size() != channels_of(b) || b.dims()[1] != b.shape().channels)
    o.refuse(std::string("its ") + what + " does not have one element per channel");
  return values;
}

void push_uniform(Builder& b, const Operation& o, FloatStep::Kind kind, float value) {
  b.push(o, {kind, std::vector<float>(channels_of(b), value)});
}

}  // namespace

void lower_batch_normalization(Builder& b, const Operation& o) {
  if (o.data_input != 0) o.refuse("its data are not the first operand");
  if (o.attributes().integer("training_mode", 0) != 0)
    o.refuse("attribute 'training_mode' is not supported");
  const std::vector<float> gamma = parameter(b, o, 1, "scale"), beta = parameter(b, o, 2, "bias");
  const std::vector<float> mean = parameter(b, o, 3, "mean"),
                           variance = parameter(b, o, 4, "variance");
  const float epsilon = o.attributes().real("epsilon", 1e-5F);
  // The order of operations of ONNX Runtime's kernel.
  std::vector<float> factor(gamma.size()), offset(gamma.size());
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    if (!(variance[c] + epsilon > 0))
      o.refuse("the variance of channel " + std::to_string(c) + " is not positive");
    factor[c] = gamma[c] * (1.0F / std::sqrt(variance[c] + epsilon));
    offset[c] = beta[c] - mean[c] * factor[c];
  }
  b.push(o, {FloatStep::Kind::multiply, std::move(factor)});
  b.push(o, {FloatStep::Kind::add, std::move(offset)});
}

void lower_arithmetic(Builder& b, const Operation& o) {
  using Kind = FloatStep::Kind;
  const bool data_first = o.data_input == 0;
  const Constant& operand = o.constant(data_first ? 1 : 0, "operand");
  Kind kind = Kind::add;
  if (o.node.op == "Mul") kind = Kind::multiply;
  if (o.node.op == "Sub") kind = data_first ? Kind::subtract : Kind::subtract_from;
  if (o.node.op == "Div") {
    if (!data_first) o.refuse("divides by its data");
    kind = Kind::divide;
  }
  b.push(o, {kind, per_channel(b, o, operand)});
}

void lower_relu(Builder& b, const Operation& o) {
  if (!b.is_never_negative()) b.push(o, {FloatStep::Kind::relu, {}});
}

void lower_clip(Builder& b, const Operation& o) {
  const float unbounded = std::numeric_limits<float>::max();
  const auto bound = [&](std::size_t input, const std::string& name, float fallback) {
    if (const Constant* constant = o.find(input)) {
      const auto value = uniform_value(constant->tensor);
      if (!value) o.refuse("its bounds are not single numbers");
      return *value;
    }
    return o.attributes().real(name, fallback);
  };
  const float low = bound(1, "min", -unbounded), high = bound(2, "max", unbounded);
  if (!(low <= high)) o.refuse("its lower bound is above its upper bound");
  if (low > -unbounded) push_uniform(b, o, FloatStep::Kind::at_least, low);
  if (high < unbounded) push_uniform(b, o, FloatStep::Kind::at_most, high);
}

}  // namespace cairn::compiler
