// Order of execution, and proof that there is one.
#pragma once

#include "compiler/import/graph.hpp"

namespace cairn::compiler {

/// Keeps the nodes that the output needs and sorts them so that each follows what it reads;
/// otherwise the file's order stays. Throws InputError if a tensor is made twice or by nobody, or
/// if nodes wait for each other.
void order_nodes(Graph& graph);

}  // namespace cairn::compiler
