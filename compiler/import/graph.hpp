// A model file as nodes and constants, before any of it is understood.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace cairn::compiler {

using Dims = std::vector<std::int64_t>;

/// A constant. Exactly one of the two vectors holds its elements, row-major.
struct Tensor {
  Dims dims;  ///< empty: a scalar
  bool is_integer = false;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;

  std::size_t size() const { return is_integer ? integers.size() : floats.size(); }
};

using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                               std::vector<float>, Tensor>;

struct Node {
  std::string name;    ///< never empty: unnamed nodes are called after their first output
  std::string op;      ///< "Conv"
  std::string domain;  ///< empty: ONNX itself
  std::vector<std::string> inputs;  ///< an empty name: the optional input is absent
  std::vector<std::string> outputs;
  std::map<std::string, Attribute> attributes;
};

/// An input that is no initializer. A symbolic dimension is -1.
struct GraphInput {
  std::string name;
  Dims dims;
};

/// Nodes are in an order of execution and all of them reach the output.
struct Graph {
  std::string file;  ///< for messages
  std::vector<GraphInput> inputs;
  std::string output;
  std::map<std::string, Tensor> constants;  ///< initializers by name
  std::vector<Node> nodes;
  std::map<std::string, std::string> metadata;  ///< properties of the model
};

}  // namespace cairn::compiler
