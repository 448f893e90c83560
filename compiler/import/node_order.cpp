#include "compiler/import/node_order.hpp"

#include <algorithm>
#include <unordered_map>

#include "compiler/import/refusal.hpp"

namespace cairn::compiler {

namespace {

using Producers = std::unordered_map<std::string, std::size_t>;  ///< tensor name to node index

Producers producers_of(const Graph& graph) {
  Producers producers;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const std::string& output : graph.nodes[i].outputs) {
      if (output.empty()) continue;
      const bool taken = graph.constants.count(output) ||
                         std::any_of(graph.inputs.begin(), graph.inputs.end(),
                                     [&](const GraphInput& in) { return in.name == output; });
      if (taken || !producers.emplace(output, i).second)
        refuse(graph.file, graph.nodes[i], "its output '" + output + "' exists already");
    }
  return producers;
}

bool is_given(const Graph& graph, const std::string& tensor) {
  return tensor.empty() || graph.constants.count(tensor) ||
         std::any_of(graph.inputs.begin(), graph.inputs.end(),
                     [&](const GraphInput& in) { return in.name == tensor; });
}

enum class Mark : std::uint8_t { unseen, open, done };

}  // namespace

void order_nodes(Graph& graph) {
  const Producers producers = producers_of(graph);
  const auto output = producers.find(graph.output);
  if (output == producers.end())
    refuse(graph.file, "its output '" + graph.output + "' is made by no node");

  // Depth first from the output, with a stack of our own: a hostile chain may be arbitrarily long.
  std::vector<Mark> marks(graph.nodes.size(), Mark::unseen);
  std::vector<std::pair<std::size_t, std::size_t>> stack{{output->second, 0}};  // node, next input
  std::vector<Node> ordered;
  marks[output->second] = Mark::open;
  while (!stack.empty()) {
    auto& [index, next_input] = stack.back();
    const Node& node = graph.nodes[index];
    if (next_input == node.inputs.size()) {
      marks[index] = Mark::done;
      ordered.push_back(node);
      stack.pop_back();
      continue;
    }
    const std::string& tensor = node.inputs[next_input++];
    if (is_given(graph, tensor)) continue;
    const auto producer = producers.find(tensor);
    if (producer == producers.end())
      refuse(graph.file, node, "its input '" + tensor + "' is made by no node");
    if (marks[producer->second] == Mark::open)
      refuse(graph.file, node, "is part of a cycle: it needs its own output");
    if (marks[producer->second] == Mark::unseen) {
      marks[producer->second] = Mark::open;
      stack.emplace_back(producer->second, 0);
    }
  }
  graph.nodes = std::move(ordered);
}

}  // namespace cairn::compiler
