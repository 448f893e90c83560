#include "compiler/import/refusal.hpp"

#include "models/kit/input_error.hpp"

namespace cairn::compiler {

void refuse(const std::string& file, const std::string& reason) {
  throw InputError(file + ": " + reason);
}

void refuse(const std::string& file, const Node& node, const std::string& reason) {
  refuse(file, "node '" + node.name + "' (" + node.op + "): " + reason);
}

}  // namespace cairn::compiler
