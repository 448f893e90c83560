// Nodes whose inputs are all constants.
#include <algorithm>
#include <cmath>

#include "compiler/import/refusal.hpp"
#include "compiler/lower/attributes.hpp"
#include "compiler/lower/broadcast.hpp"
#include "compiler/lower/constant.hpp"
#include "compiler/lower/quantiser.hpp"
#include "compiler/lower/weight_quantiser.hpp"

namespace cairn::compiler {

namespace {

/// One node whose inputs are all constants.
struct Folding {
  const std::string& file;
  const Node& node;
  const std::vector<const Constant*>& inputs;

  [[noreturn]] void refuse_shape() const {
    refuse(file, node, "its inputs have shapes that do not fit");
  }

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i]; }
  const Constant& input(std::size_t i) const {
    if (!has(i)) refuse(file, node, "lacks input " + std::to_string(i));
    return *inputs[i];
  }
  Dims dims_input(std::size_t i, const char* what) const {
    return as_dims(file, node, input(i), what);
  }

  /// The axes, an attribute up to opset 12 and an input since.
  std::optional<Dims> axes() const {
    if (has(1)) return dims_input(1, "axes");
    return Attributes(file, node).integers("axes");
  }
  Constant with_dims(const std::optional<Dims>& dims) const {
    if (!dims) refuse_shape();
    Constant out = input(0);
    out.tensor.dims = *dims;
    return out;
  }

  Constant transpose() const;
  Constant flatten() const;
  Constant gather() const;
  Constant concat() const;
  Constant arithmetic(float (*operation)(float, float)) const;
  Constant square_root() const;
};

Constant Folding::transpose() const {
  const Constant& in = input(0);
  const std::size_t rank = in.tensor.dims.size();
  Dims permutation = Attributes(file, node).integers("perm").value_or(Dims());
  if (permutation.empty())
    for (std::size_t i = rank; i-- > 0;)
      permutation.push_back(static_cast<std::int64_t>(i));
  Dims sorted = permutation, identity(rank);
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < rank; ++i)
    identity[i] = static_cast<std::int64_t>(i);
  if (sorted != identity || !element_count(in.tensor.dims)) refuse_shape();

  Constant out;
  out.tensor.is_integer = in.tensor.is_integer;
  for (const std::int64_t axis : permutation)
    out.tensor.dims.push_back(in.tensor.dims[static_cast<std::size_t>(axis)]);
  const auto indices = transpose_indices(in.tensor.dims, permutation);
  const auto reorder = [&](const auto& from, auto& to) {
    if (from.empty()) return;
    for (const std::size_t i : indices)
      to.push_back(from[i]);
  };
  reorder(in.tensor.floats, out.tensor.floats);
  reorder(in.tensor.integers, out.tensor.integers);
  if (in.quantised) {
    out.quantised = QuantisedValues{{}, {}, in.quantised->bits, in.quantised->encoding};
    reorder(in.quantised->values, out.quantised->values);
    reorder(in.quantised->scales, out.quantised->scales);
  }
  return out;
}

Constant Folding::flatten() const {
  const Dims& dims = input(0).tensor.dims;
  const std::int64_t rank = static_cast<std::int64_t>(dims.size());
  std::int64_t axis = Attributes(file, node).integer("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) refuse_shape();
  const auto rows = element_count(Dims(dims.begin(), dims.begin() + axis));
  const auto columns = element_count(Dims(dims.begin() + axis, dims.end()));
  if (!rows || !columns) refuse_shape();
  return with_dims(Dims{static_cast<std::int64_t>(*rows), static_cast<std::int64_t>(*columns)});
}

Constant Folding::gather() const {
  const Dims values = dims_input(0, "data"), indices = dims_input(1, "indices");
  if (input(0).tensor.dims.size() != 1 || Attributes(file, node).integer("axis", 0) != 0)
    refuse_shape();
  Constant out;
  out.tensor.is_integer = true;
  out.tensor.dims = input(1).tensor.dims;
  const std::int64_t size = static_cast<std::int64_t>(values.size());
  for (const std::int64_t index : indices) {
    if (index < -size || index >= size) refuse(file, node, "has an index outside its data");
    out.tensor.integers.push_back(
        values[static_cast<std::size_t>(index < 0 ? index + size : index)]);
  }
  return out;
}

Constant Folding::concat() const {
  Constant out;
  out.tensor.is_integer = true;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Dims part = dims_input(i, "part");
    if (input(i).tensor.dims.size() != 1) refuse_shape();
    out.tensor.integers.insert(out.tensor.integers.end(), part.begin(), part.end());
  }
  out.tensor.dims = {static_cast<std::int64_t>(out.tensor.integers.size())};
  return out;
}

Constant Folding::arithmetic(float (*operation)(float, float)) const {
  const Tensor &a = input(0).tensor, &b = input(1).tensor;
  const auto dims = broadcast_dims(a.dims, b.dims);
  if (!dims || !element_count(*dims)) refuse_shape();
  const std::vector<float> x = as_floats(a), y = as_floats(b);
  const auto ix = broadcast_indices(a.dims, *dims), iy = broadcast_indices(b.dims, *dims);
  Constant out;
  out.tensor.dims = *dims;
  for (std::size_t i = 0; i < ix.size(); ++i)
    out.tensor.floats.push_back(operation(x[ix[i]], y[iy[i]]));
  return out;
}

Constant Folding::square_root() const {
  Constant out;
  out.tensor.dims = input(0).tensor.dims;
  for (const float x : as_floats(input(0).tensor))
    out.tensor.floats.push_back(std::sqrt(x));
  return out;
}

}  // namespace

Constant fold(const std::string& file, const Node& node,
              const std::vector<const Constant*>& inputs) {
  const Folding f{file, node, inputs};
  if (is_quantiser(node))
    return node.op == "BipolarQuant" ? bipolar_constant(file, node, inputs)
                                     : quantise_constant(file, node, inputs);
  if (node.domain.empty()) {
    if (node.op == "Constant") {
      const Tensor* value = Attributes(file, node).tensor("value");
      if (!value) refuse(file, node, "has no attribute 'value'");
      return {*value, std::nullopt};
    }
    if (node.op == "Identity") return f.input(0);
    if (node.op == "Transpose") return f.transpose();
    if (node.op == "Flatten") return f.flatten();
    if (node.op == "Reshape")
      return f.with_dims(reshaped(f.input(0).tensor.dims, f.dims_input(1, "shape")));
    if (node.op == "Squeeze") return f.with_dims(squeezed(f.input(0).tensor.dims, f.axes()));
    if (node.op == "Unsqueeze")
      return f.with_dims(unsqueezed(f.input(0).tensor.dims, f.axes().value_or(Dims())));
    if (node.op == "Gather") return f.gather();
    if (node.op == "Concat") return f.concat();
    if (node.op == "Add") return f.arithmetic([](float a, float b) { return a + b; });
    if (node.op == "Sub") return f.arithmetic([](float a, float b) { return a - b; });
    if (node.op == "Mul") return f.arithmetic([](float a, float b) { return a * b; });
    if (node.op == "Div") return f.arithmetic([](float a, float b) { return a / b; });
    if (node.op == "Pow") return f.arithmetic([](float a, float b) { return std::pow(a, b); });
    if (node.op == "Sqrt") return f.square_root();
  }
  refuse(file, node, "is not supported");
}

}  // namespace cairn::compiler
