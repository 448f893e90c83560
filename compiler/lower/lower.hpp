// From a model's graph to the integer graph.
#pragma once

#include <string>

#include "compiler/import/graph.hpp"
#include "compiler/network.hpp"

namespace cairn::compiler {

/// Folds constants and lowers the nodes between the input and the output. Throws InputError naming
/// file and node for everything that is unknown or unquantised, and where values that are not
/// quantised have several readers.
Network lower(Graph graph, const std::string& name);

}  // namespace cairn::compiler
