#include "compiler/lower/lower.hpp"

#include <set>
#include <unordered_map>
#include <utility>

#include "compiler/import/refusal.hpp"
#include "compiler/lower/nodes.hpp"

namespace cairn::compiler {

namespace {

/// Walks the nodes in order. Every tensor is a constant or a value on the data path.
class Walk {
 public:
  Walk(Graph& graph, const std::string& name)
      : graph_(graph), input_(only_input(graph)), builder_(graph.file, name, input_.dims) {
    for (auto& [tensor, value] : graph.constants)
      constants_[tensor].tensor = std::move(value);
    values_[input_.name] = builder_.value();
    for (const Node& node : graph.nodes)
      if (!is_shape(node))
        for (const std::string& input : node.inputs)
          readers_[input].insert(&node);
  }

  Network run() {
    for (const Node& node : graph_.nodes)
      visit(node);
    const auto output = values_.find(graph_.output);
    if (output == values_.end()) refuse(graph_.file, "its output does not depend on its input");
    builder_.resume(std::move(output->second));
    // The nodes are in an order of execution, and all of them reach the output.
    return builder_.finish({graph_.file, graph_.nodes.back(), {}, 0});
  }

 private:
  /// The input with its batch dimension, if symbolic, taken as 1.
  static GraphInput only_input(const Graph& graph) {
    if (graph.inputs.size() != 1)
      refuse(graph.file, "has " + std::to_string(graph.inputs.size()) +
                             " inputs; networks with exactly one are supported");
    GraphInput input = graph.inputs.front();
    if (!input.dims.empty() && input.dims[0] == -1) input.dims[0] = 1;
    return input;
  }

  static bool is_shape(const Node& node) { return node.op == "Shape" && node.domain.empty(); }

  void visit(const Node& node) {
    Operation o{graph_.file, node, {}, 0};
    std::vector<std::size_t> data;  // positions of the data among the inputs
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto constant = constants_.find(node.inputs[i]);
      o.constants.push_back(constant == constants_.end() ? nullptr : &constant->second);
      if (values_.contains(node.inputs[i]))
        data.push_back(i);
      else if (!node.inputs[i].empty() && constant == constants_.end())
        o.refuse("reads '" + node.inputs[i] + "', an output that is not supported");
    }
    const std::string& output = node.outputs.front();
    if (data.empty()) {
      Constant folded = fold(graph_.file, node, o.constants);
      constants_[output] = std::move(folded);
    } else if (is_shape(node)) {
      constants_[output] = shape_of(values_.at(node.inputs[data[0]]));
    } else {
      lower_data(o, data);
      builder_.absorb(node);
      values_[output] = builder_.value();
    }
  }

  static Constant shape_of(const Value& value) {
    Constant shape;
    shape.tensor.is_integer = true;
    shape.tensor.integers = value.dims;
    shape.tensor.dims = {static_cast<std::int64_t>(value.dims.size())};
    return shape;
  }

  void lower_data(Operation& o, const std::vector<std::size_t>& data) {
    o.data_input = data[0];
    const std::string& first = o.node.inputs[data[0]];
    builder_.resume(take(o, first));
    if (data.size() == 1) return lower_node(builder_, o);
    const std::string& second = o.node.inputs[data[1]];
    if (o.node.op != "Add" || !o.node.domain.empty() || data.size() > 2)
      o.refuse("reads '" + first + "' and '" + second +
               "': of the operations on several data tensors only Add is supported");
    if (first == second)
      builder_.push(o,
                    {FloatStep::Kind::multiply,
                     std::vector<float>(static_cast<std::size_t>(builder_.shape().channels), 2)});
    else
      lower_addition(builder_, o, take(o, second));
  }

  /// The value for a node that works on it. Features may have any number of readers; what is not
  /// quantised yet becomes part of its only reader's layer.
  Value take(const Operation& o, const std::string& tensor) {
    Value& value = values_.at(tensor);
    if (value.state == Value::State::features) return value;
    const std::set<const Node*>& readers = readers_.at(tensor);
    for (const Node* other : readers)
      if (other != &o.node)
        o.refuse("reads '" + tensor + "', which node '" + other->name +
                 "' reads too; a tensor with several readers must come from a Quant node");
    Value taken = std::move(value);
    value.dims = taken.dims;  // a Shape node may still ask
    return taken;
  }

  Graph& graph_;
  GraphInput input_;
  Builder builder_;
  std::unordered_map<std::string, Constant> constants_;
  std::unordered_map<std::string, Value> values_;
  std::unordered_map<std::string, std::set<const Node*>> readers_;  ///< but for Shape nodes
};

}  // namespace

Network lower(Graph graph, const std::string& name) {
  return Walk(graph, name).run();
}

}  // namespace cairn::compiler
