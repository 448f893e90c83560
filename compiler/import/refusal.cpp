#include "compiler/import/refusal.hpp"

#include "models/kit/input_error.hpp"

namespace cairn::compiler {

std::string printable(std::string text) {
  for (char& c : text)
    if (c < 0x20 || c > 0x7e) c = '?';
  return text;
}

void refuse(const std::string& file, const std::string& reason) {
  throw InputError(file + ": " + printable(reason));
}

void refuse(const std::string& file, const Node& node, const std::string& reason) {
  refuse(file, "node '" + node.name + "' (" + node.op + "): " + reason);
}

}  // namespace cairn::compiler
