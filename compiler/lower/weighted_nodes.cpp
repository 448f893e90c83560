// Conv, Gemm and MatMul become layers with weights.
#include <algorithm>

#include "compiler/lower/nodes.hpp"
#include "compiler/lower/window.hpp"

namespace cairn::compiler {

namespace {

/// Weights in the order of the operand contract, with the scale of each output channel.
struct Weights {
  std::vector<std::int8_t> values;  ///< [co][inputs per output]
  std::vector<float> scales;        ///< [co]
  int bits = 0;
  numbers::WeightEncoding encoding = numbers::WeightEncoding::twos_complement;
};

const QuantisedValues& quantised(const Operation& o, std::size_t input) {
  const Constant& constant = o.constant(input, "weights");
  if (!constant.quantised) o.refuse("its weights are not quantised to 8 bits or fewer");
  return *constant.quantised;
}

/// `source(co, i)`: where the i-th weight of output channel co lies in the model's tensor.
template <typename Source>
Weights gather(const Operation& o, const QuantisedValues& q, std::int64_t outputs,
               std::int64_t inputs, Source source) {
  Weights w;
  w.bits = q.bits;
  w.encoding = q.encoding;
  for (std::int64_t co = 0; co < outputs; ++co) {
    w.scales.push_back(q.scales[source(co, 0)]);
    for (std::int64_t i = 0; i < inputs; ++i) {
      const std::size_t at = source(co, i);
      if (q.scales[at] != w.scales.back())
        o.refuse("its weights have different scales in one output channel");
      w.values.push_back(static_cast<std::int8_t>(q.values[at]));
    }
  }
  return w;
}

/// Bounds of the accumulators of each channel; the padding's zero is always possible.
std::vector<AccumulatorRange> ranges_of(const Weights& w, const AccumulatorRange& features) {
  const auto low = std::min<std::int64_t>(features.first, 0),
             high = std::max<std::int64_t>(features.second, 0);
  const std::size_t inputs = w.values.size() / w.scales.size();
  std::vector<AccumulatorRange> ranges(w.scales.size());
  for (std::size_t i = 0; i < w.values.size(); ++i) {
    AccumulatorRange& r = ranges[i / inputs];
    r.first += std::min(w.values[i] * low, w.values[i] * high);
    r.second += std::max(w.values[i] * low, w.values[i] * high);
  }
  return ranges;
}

void open(Builder& b, const Operation& o, NetworkLayer layer, Weights w, const Dims& dims) {
  layer.layer.weight_bits = w.bits;
  layer.layer.weight_encoding = w.encoding;
  layer.layer.out.channels = static_cast<int>(w.scales.size());
  std::vector<double> units;
  for (const float scale : w.scales)
    units.push_back(static_cast<double>(scale) * static_cast<double>(b.scale()));
  std::vector<AccumulatorRange> ranges = ranges_of(w, b.feature_range());
  layer.weights = std::move(w.values);
  b.open(o, std::move(layer), std::move(units), std::move(ranges), dims);
}

/// Adds a bias of one element, or of one per channel in the last (and only) dimension above 1.
void add_bias(Builder& b, const Operation& o, const Constant& bias, float factor) {
  const auto channels = static_cast<std::size_t>(b.shape().channels);
  std::vector<float> values = as_floats(bias.tensor);
  if (values.size() == 1) values.assign(channels, values[0]);
  const Dims& dims = bias.tensor.dims;
  const bool last = dims.empty() || dims.back() == static_cast<std::int64_t>(values.size()) ||
                    bias.tensor.size() == 1;
  if (values.size() != channels || !last)
    o.refuse("its bias does not have one element per output channel");
  for (float& v : values)
    v *= factor;
  b.push(o, {FloatStep::Kind::add, std::move(values)});
}

/// `transposed`: the weights are [outputs, inputs], else [inputs, outputs].
void open_fully_connected(Builder& b, const Operation& o, bool transposed) {
  b.require_features(o);
  const QuantisedValues& q = quantised(o, 1);
  const Dims& dims = o.constants[1]->tensor.dims;
  if (b.dims().size() != 2) o.refuse("its input is not flat, of the shape [1, C]");
  if (dims.size() != 2) o.refuse("its weights do not have two dimensions");
  const std::int64_t inputs = dims[transposed ? 1 : 0], outputs = dims[transposed ? 0 : 1];
  if (inputs != b.dims()[1])
    o.refuse("its weights are for " + std::to_string(inputs) + " inputs, but it has " +
             std::to_string(b.dims()[1]));
  if (outputs < 1 || outputs > 65'535) o.refuse("has " + std::to_string(outputs) + " outputs");

  // The model's order is channel, row, column; memory has the channels innermost.
  const std::int64_t channels = b.shape().channels, pixels = b.shape().pixels();
  const auto source = [&](std::int64_t co, std::int64_t i) {
    const std::int64_t in = (i % channels) * pixels + i / channels;
    return static_cast<std::size_t>(transposed ? co * inputs + in : in * outputs + co);
  };
  NetworkLayer layer;
  layer.layer.op = numbers::Op::fully_connected;
  open(b, o, std::move(layer), gather(o, q, outputs, inputs, source), {1, outputs});
}

}  // namespace

void lower_conv(Builder& b, const Operation& o) {
  b.require_features(o);
  const QuantisedValues& q = quantised(o, 1);
  const Dims& dims = o.constants[1]->tensor.dims;
  const std::size_t rank = b.dims().size();
  if (rank < 3 || dims.size() != rank)
    o.refuse("its weights do not have as many dimensions as its input");
  const Dims kernel(dims.begin() + 2, dims.end());
  if (o.attributes().integers("kernel_shape").value_or(kernel) != kernel)
    o.refuse("attribute 'kernel_shape' is not the shape of its weights");
  const std::int64_t group = o.attributes().integer("group", 1), outputs = dims[0];
  const std::int64_t channels = b.dims()[1];
  const bool depthwise = group > 1 && group == channels;
  if (group != 1 && !depthwise)
    o.refuse("has " + std::to_string(group) + " groups; supported are 1 and one per input channel");
  if (outputs < 1 || outputs > 65'535 || outputs % group != 0 || dims[1] != channels / group)
    o.refuse("its weights do not fit its " + std::to_string(channels) + " input channels in " +
             std::to_string(group) + " groups");

  NetworkLayer layer;
  layer.layer.op = depthwise ? numbers::Op::depthwise : numbers::Op::convolution;
  const Window window = read_window(b, o, kernel);
  window.apply_to(layer.layer);
  // [co][ci][ky][kx] becomes [co][ky][kx][ci].
  const std::int64_t depth = dims[1], area = std::int64_t{window.y.kernel} * window.x.kernel;
  const auto source = [&](std::int64_t co, std::int64_t i) {
    return static_cast<std::size_t>((co * depth + i % depth) * area + i / depth);
  };
  const Dims out = window.out_dims(static_cast<int>(outputs), rank);
  open(b, o, std::move(layer), gather(o, q, outputs, depth * area, source), out);
  if (const Constant* bias = o.find(2)) add_bias(b, o, *bias, 1);
}

void lower_gemm(Builder& b, const Operation& o) {
  if (o.data_input != 0) o.refuse("its data are not the first operand");
  if (o.attributes().integer("transA", 0) != 0) o.refuse("attribute 'transA' is not supported");
  open_fully_connected(b, o, o.attributes().integer("transB", 0) != 0);
  const float alpha = o.attributes().real("alpha", 1);
  if (alpha != 1)
    b.push(o, {FloatStep::Kind::multiply,
               std::vector<float>(static_cast<std::size_t>(b.shape().channels), alpha)});
  if (const Constant* bias = o.find(2)) add_bias(b, o, *bias, o.attributes().real("beta", 1));
}

void lower_matmul(Builder& b, const Operation& o) {
  if (o.data_input != 0) o.refuse("its data are not the first operand");
  open_fully_connected(b, o, false);
}

}  // namespace cairn::compiler
