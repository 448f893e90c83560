#include "compiler/lower/constant.hpp"

#include <algorithm>

#include "compiler/import/refusal.hpp"

namespace cairn::compiler {

std::vector<float> as_floats(const Tensor& tensor) {
  if (!tensor.is_integer) return tensor.floats;
  std::vector<float> out;
  for (const std::int64_t value : tensor.integers)
    out.push_back(static_cast<float>(value));
  return out;
}

std::optional<float> uniform_value(const Tensor& tensor) {
  const std::vector<float> values = as_floats(tensor);
  if (values.empty()) return std::nullopt;
  const bool uniform =
      std::all_of(values.begin(), values.end(), [&](float v) { return v == values[0]; });
  return uniform ? std::optional(values[0]) : std::nullopt;
}

Dims as_dims(const std::string& file, const Node& node, const Constant& constant,
             const std::string& what) {
  if (!constant.tensor.is_integer) refuse(file, node, "its " + what + " is not an integer tensor");
  return constant.tensor.integers;
}

}  // namespace cairn::compiler
