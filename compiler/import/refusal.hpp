// How a model file is refused: one sentence that names file, node and reason.
#pragma once

#include <string>

#include "compiler/import/graph.hpp"

namespace cairn::compiler {

/// The text with '?' for every byte that is no printable ASCII: names in a damaged file may hold
/// anything, but messages and reports must be text.
std::string printable(std::string text);

/// Throws InputError "FILE: reason".
[[noreturn]] void refuse(const std::string& file, const std::string& reason);

/// Throws InputError "FILE: node 'conv3' (Softplus): reason".
[[noreturn]] void refuse(const std::string& file, const Node& node, const std::string& reason);

}  // namespace cairn::compiler
