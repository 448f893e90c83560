// Constants of the graph, and what nodes make of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/import/graph.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::compiler {

/// The integers behind a constant that went through a quantiser. Element i is values[i] *
/// scales[i].
struct QuantisedValues {
  std::vector<std::int16_t> values;
  std::vector<float> scales;
  int bits = 0;  ///< weight bits of the operand contract
  numbers::WeightEncoding encoding = numbers::WeightEncoding::twos_complement;
};

/// A constant; its tensor is what float arithmetic sees.
struct Constant {
  Tensor tensor;
  std::optional<QuantisedValues> quantised;
};

/// The node's result if all its inputs are constants (null: an absent optional input). Quantisers
/// keep their integers, which survive transposing and reshaping. Throws InputError naming file and
/// node for operations that are unknown or wrong.
Constant fold(const std::string& file, const Node& node,
              const std::vector<const Constant*>& inputs);

/// Elements as floats, integers converted.
std::vector<float> as_floats(const Tensor& tensor);

/// The one value that all elements have; nothing if they differ or there are none.
std::optional<float> uniform_value(const Tensor& tensor);

/// Elements of `constant`, which must be integers, for use as a shape or as axes. Throws
/// InputError.
Dims as_dims(const std::string& file, const Node& node, const Constant& constant,
             const std::string& what);

}  // namespace cairn::compiler
