// Attributes of a node, with their types checked.
#pragma once

#include <optional>
#include <string>

#include "compiler/import/graph.hpp"

namespace cairn::compiler {

/// Reads the attributes of one node. Every function throws InputError, naming file and node, if the
/// attribute has another type; those without a fallback also if it is absent.
class Attributes {
 public:
  Attributes(const std::string& file, const Node& node) : file_(file), node_(node) {}

  std::int64_t integer(const std::string& name) const;
  std::int64_t integer(const std::string& name, std::int64_t fallback) const;
  float real(const std::string& name, float fallback) const;
  std::string text(const std::string& name, const std::string& fallback) const;
  std::optional<Dims> integers(const std::string& name) const;
  const Tensor* tensor(const std::string& name) const;  ///< null if absent

 private:
  template <typename T>
  const T* find(const std::string& name, const char* type) const;

  const std::string& file_;
  const Node& node_;
};

}  // namespace cairn::compiler
