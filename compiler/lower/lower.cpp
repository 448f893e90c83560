#include "compiler/lower/lower.hpp"

#include <set>
#include <unordered_map>
#include <utility>

#include "compiler/import/refusal.hpp"
#include "compiler/lower/nodes.hpp"

namespace cairn::compiler {

namespace {

/// Walks the nodes in order. Tensors are constants, the value at the end of the chain, or lie
/// behind it.
class Walk {
 public:
  Walk(Graph& graph, const std::string& name)
      : graph_(graph),
        input_(only_input(graph)),
        builder_(graph.file, name, input_.dims),
        current_(input_.name) {
    for (auto& [tensor, value] : graph.constants)
      constants_[tensor].tensor = std::move(value);
  }

  Network run() {
    const Node* last = nullptr;
    for (const Node& node : graph_.nodes)
      if (visit(node)) last = &node;
    if (!last) refuse(graph_.file, "its output does not depend on its input");
    if (current_ != graph_.output)
      refuse(graph_.file, *last,
             "branches are not supported: '" + current_ + "' is not the network's output '" +
                 graph_.output + "'");
    return builder_.finish({graph_.file, *last, {}, 0});
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

  /// True if the node lies on the data path.
  bool visit(const Node& node) {
    Operation o{graph_.file, node, {}, 0};
    std::size_t data_inputs = 0;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto constant = constants_.find(node.inputs[i]);
      o.constants.push_back(constant == constants_.end() ? nullptr : &constant->second);
      if (node.inputs[i] == current_) {
        o.data_input = i;
        ++data_inputs;
      } else if (!node.inputs[i].empty() && constant == constants_.end()) {
        refuse_branch(node, node.inputs[i]);
      }
    }
    if (data_inputs > 1)
      o.refuse("reads '" + current_ + "' twice: operations on two data tensors are not supported");
    const std::string& output = node.outputs.front();
    if (data_inputs == 1 && node.op == "Shape" && node.domain.empty()) {
      Constant shape;
      shape.tensor.is_integer = true;
      shape.tensor.integers = builder_.dims();
      shape.tensor.dims = {static_cast<std::int64_t>(builder_.dims().size())};
      constants_[output] = std::move(shape);
      return false;
    }
    if (data_inputs == 0) {
      Constant folded = fold(graph_.file, node, o.constants);
      constants_[output] = std::move(folded);
      return false;
    }
    lower_node(builder_, o);
    builder_.absorb(node);
    readers_[current_] = node.name;
    current_ = output;
    return true;
  }

  [[noreturn]] void refuse_branch(const Node& node, const std::string& tensor) const {
    const auto reader = readers_.find(tensor);
    if (reader != readers_.end())
      refuse(graph_.file, node,
             "reads '" + tensor + "', which node '" + reader->second +
                 "' reads too: branches (residual connections) are not supported");
    refuse(graph_.file, node, "reads '" + tensor + "', an output that is not supported");
  }

  Graph& graph_;
  GraphInput input_;
  Builder builder_;
  std::string current_;  ///< tensor at the end of the chain
  std::unordered_map<std::string, Constant> constants_;
  std::unordered_map<std::string, std::string>
      readers_;  ///< tensors behind the end, and who read them
};

}  // namespace

Network lower(Graph graph, const std::string& name) {
  return Walk(graph, name).run();
}

}  // namespace cairn::compiler
