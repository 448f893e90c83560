// From a model's graph to the integer graph.
#pragma once

#include <string>

#include "compiler/import/graph.hpp"
#include "compiler/network.hpp"

namespace cairn::compiler {

/// Folds constants and lowers the chain of nodes from the input to the output. Throws InputError
/// naming file and node for everything that is unknown, unquantised or branches.
Network lower(Graph graph, const std::string& name);

}  // namespace cairn::compiler
