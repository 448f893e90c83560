// Sums of two feature maps.
#include <cmath>
#include <limits>

#include "compiler/lower/addition_scales.hpp"
#include "compiler/lower/nodes.hpp"

namespace cairn::compiler {

namespace {

constexpr int kMaxFactor = 32'767;  ///< 16-bit fields of the job format

std::string text_of(const Dims& dims) {
  std::string text;
  for (const std::int64_t dim : dims)
    text += (text.empty() ? "[" : ", ") + std::to_string(dim);
  return text + "]";
}

}  // namespace

std::optional<AdditionScales> find_addition_scales(float scale_a, float scale_b) {
  const double a = static_cast<double>(scale_a), b = static_cast<double>(scale_b), ratio = a / b;
  std::optional<AdditionScales> best;
  double error = std::numeric_limits<double>::infinity();
  for (int second = 1; second <= kMaxFactor; ++second) {
    const double first = std::nearbyint(ratio * second);
    if (first < 1) continue;
    if (first > kMaxFactor) break;
    const double wrong = std::abs(ratio - first / second);
    if (best && wrong >= error) continue;
    error = wrong;
    // Both products are exact: 24 bits by 15.
    best = {static_cast<int>(first), second, (a / first + b / second) / 2, first * b == second * a};
    if (best->exact) break;
  }
  return best;
}

void lower_addition(Builder& b, const Operation& o, const Value& second) {
  for (const Value* value : {&b.value(), &second})
    if (value->state != Value::State::features)
      o.refuse(
          "adds values of which one is not quantised; both operands must come from a Quant node");
  if (b.dims() != second.dims || b.shape() != second.shape)
    o.refuse("adds tensors of the shapes " + text_of(b.dims()) + " and " + text_of(second.dims) +
             (b.dims() == second.dims ? " that lie differently in memory" : "") +
             "; two data tensors must have the same shape");
  const auto scales = find_addition_scales(b.scale(), second.quantiser.scale);
  if (!scales)
    o.refuse("one operand's scale is more than " + std::to_string(kMaxFactor) +
             " times the other's");
  if (!scales->exact)
    b.add_note("node '" + o.node.name + "': the scales of its operands are taken as " +
               std::to_string(scales->first) + " : " + std::to_string(scales->second));
  NetworkLayer layer;
  layer.layer.op = numbers::Op::add;
  layer.layer.out = b.shape();
  layer.layer.second_type = second.type;
  layer.layer.scale = scales->first;
  layer.layer.second_scale = scales->second;
  layer.second = second.layer;
  const AccumulatorRange x = b.feature_range(), y = second.range;
  const AccumulatorRange range{x.first * scales->first + y.first * scales->second,
                               x.second * scales->first + y.second * scales->second};
  const auto channels = static_cast<std::size_t>(b.shape().channels);
  b.open(o, std::move(layer), std::vector<double>(channels, scales->unit),
         std::vector<AccumulatorRange>(channels, range), b.dims());
}

}  // namespace cairn::compiler
