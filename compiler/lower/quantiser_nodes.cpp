// Quantisers of features.
#include <cmath>

#include "compiler/lower/nodes.hpp"

namespace cairn::compiler {

namespace {

constexpr float kMaxZeroPoint = 32'512;

float uniform(const Operation& o, std::size_t input, const char* what) {
  const auto value = uniform_value(o.constant(input, what).tensor);
  if (!value) o.refuse(std::string("its ") + what + " is not the same for all features");
  return *value;
}

std::string shortest(float value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

void lower_quantiser(Builder& b, const Operation& o) {
  if (o.data_input != 0) o.refuse("its data are not the first operand");
  Quantiser q;
  q.scale = uniform(o, 1, "scale");
  if (!(q.scale > 0) || !std::isfinite(q.scale)) o.refuse("its scale is not positive");
  if (o.node.op == "BipolarQuant") {
    q.bipolar = true;
    return b.quantise(o, q);
  }
  const float zero = uniform(o, 2, "zero point"), bits = uniform(o, 3, "bit-width");
  if (!(std::abs(zero) <= kMaxZeroPoint) || zero != std::trunc(zero))
    o.refuse("its zero point " + shortest(zero) + " is not an integer of 16 bits");
  if (!(bits >= 1 && bits <= 8) || bits != std::trunc(bits))
    o.refuse("features have 1 to 8 bits, not " + shortest(bits));
  q.zero_point = static_cast<int>(zero);
  q.bits = static_cast<int>(bits);
  q.is_signed = o.attributes().integer("signed") != 0;
  q.narrow = o.attributes().integer("narrow") != 0;
  q.rounding = rounding_of(o.file, o.node);
  q.bipolar = q.bits == 1 && q.is_signed;
  if (q.bipolar && zero != 0) o.refuse("a bipolar quantiser has no zero point");
  b.quantise(o, q);
}

}  // namespace cairn::compiler
