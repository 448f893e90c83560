#include "compiler/lower/operation.hpp"

#include "compiler/import/refusal.hpp"

namespace cairn::compiler {

const Constant& Operation::constant(std::size_t input, const char* what) const {
  const Constant* found = find(input);
  if (!found) refuse(std::string("has no constant ") + what);
  return *found;
}

void Operation::refuse(const std::string& reason) const {
  compiler::refuse(file, node, reason);
}

}  // namespace cairn::compiler
