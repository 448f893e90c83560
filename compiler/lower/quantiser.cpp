#include "compiler/lower/quantiser.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/import/refusal.hpp"
#include "compiler/lower/attributes.hpp"

namespace cairn::compiler {

int Quantiser::low() const {
  if (bipolar) return -1;
  return is_signed ? -(1 << (bits - 1)) + narrow : 0;
}

int Quantiser::high() const {
  if (bipolar) return 1;
  return is_signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1 - narrow;
}

int Quantiser::apply(float x) const {
  if (bipolar) return x >= 0 ? 1 : -1;
  const float scaled = x / scale + static_cast<float>(zero_point);
  const float clamped = std::clamp(scaled, static_cast<float>(low()), static_cast<float>(high()));
  return static_cast<int>(round_as(rounding, clamped));
}

numbers::FeatureType Quantiser::type() const {
  if (bipolar) return {2, true, 0};
  return {bits, is_signed, zero_point};
}

float round_as(Rounding rounding, float x) {
  switch (rounding) {
    case Rounding::half_even:
      return std::nearbyint(x);
    case Rounding::to_zero:
      return std::trunc(x);
    case Rounding::up:
      return std::ceil(x);
    case Rounding::down:
      return std::floor(x);
  }
  return x;
}

Rounding rounding_of(const std::string& file, const Node& node) {
  const std::string mode = Attributes(file, node).text("rounding_mode", "ROUND");
  if (mode == "ROUND" || mode == "HALF_EVEN") return Rounding::half_even;
  if (mode == "ROUND_TO_ZERO" || mode == "DOWN") return Rounding::to_zero;
  if (mode == "CEIL") return Rounding::up;
  if (mode == "FLOOR") return Rounding::down;
  refuse(file, node, "rounding mode '" + mode + "' is not supported");
}

bool is_quantiser(const Node& node) {
  const bool domain = node.domain == "qonnx.custom_op.general" || node.domain == "onnx.brevitas" ||
                      node.domain == "finn.custom_op.general";
  return domain && (node.op == "Quant" || node.op == "IntQuant" || node.op == "BipolarQuant");
}

}  // namespace cairn::compiler
