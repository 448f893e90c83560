// One node of the data path, with the constants it reads.
#pragma once

#include <string>
#include <vector>

#include "compiler/import/graph.hpp"
#include "compiler/lower/attributes.hpp"
#include "compiler/lower/constant.hpp"

namespace cairn::compiler {

struct Operation {
  const std::string& file;
  const Node& node;
  std::vector<const Constant*>
      constants;               ///< by input; null: the data, or an absent optional input
  std::size_t data_input = 0;  ///< which input the data are

  Attributes attributes() const { return {file, node}; }
  const Constant* find(std::size_t input) const {
    return input < constants.size() ? constants[input] : nullptr;
  }
  /// Throws InputError: "has no <what>".
  const Constant& constant(std::size_t input, const char* what) const;
  [[noreturn]] void refuse(const std::string& reason) const;
};

}  // namespace cairn::compiler
