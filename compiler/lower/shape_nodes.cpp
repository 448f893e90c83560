// Nodes that change the shape and move no data.
#include "compiler/lower/broadcast.hpp"
#include "compiler/lower/nodes.hpp"

namespace cairn::compiler {

namespace {

void reshape(Builder& b, const Operation& o, const std::optional<Dims>& dims) {
  if (!dims) o.refuse("its shape does not fit its input");
  b.reshape(o, *dims);
}

std::optional<Dims> axes_of(const Operation& o) {
  if (const Constant* axes = o.find(1)) return as_dims(o.file, o.node, *axes, "axes");
  return o.attributes().integers("axes");
}

}  // namespace

void lower_identity(Builder&, const Operation&) {}

void lower_flatten(Builder& b, const Operation& o) {
  std::int64_t axis = o.attributes().integer("axis", 1);
  if (axis < 0) axis += static_cast<std::int64_t>(b.dims().size());
  if (axis != 1) o.refuse("flattens from another dimension than 1");
  b.reshape(o, {1, b.shape().elements()});
}

void lower_reshape(Builder& b, const Operation& o) {
  if (o.data_input != 0) o.refuse("its data are not the first operand");
  const Constant* shape = o.find(1);
  const auto attribute = o.attributes().integers("shape");  // up to opset 4
  if (!shape && !attribute) o.refuse("has no constant shape");
  reshape(b, o, reshaped(b.dims(), shape ? as_dims(o.file, o.node, *shape, "shape") : *attribute));
}

void lower_squeeze(Builder& b, const Operation& o) {
  reshape(b, o, squeezed(b.dims(), axes_of(o)));
}

void lower_unsqueeze(Builder& b, const Operation& o) {
  reshape(b, o, unsqueezed(b.dims(), axes_of(o).value_or(Dims())));
}

}  // namespace cairn::compiler
