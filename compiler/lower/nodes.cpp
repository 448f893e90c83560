#include "compiler/lower/nodes.hpp"

#include <map>

namespace cairn::compiler {

void lower_node(Builder& builder, const Operation& operation) {
  using Lower = void (*)(Builder&, const Operation&);
  static const std::map<std::string, Lower> kNodes = {
      {"Conv", lower_conv},
      {"Gemm", lower_gemm},
      {"MatMul", lower_matmul},
      {"MaxPool", lower_max_pool},
      {"AveragePool", lower_average_pool},
      {"GlobalAveragePool", lower_global_average_pool},
      {"ReduceMean", lower_reduce_mean},
      {"BatchNormalization", lower_batch_normalization},
      {"Add", lower_arithmetic},
      {"Sub", lower_arithmetic},
      {"Mul", lower_arithmetic},
      {"Div", lower_arithmetic},
      {"Relu", lower_relu},
      {"Clip", lower_clip},
      {"Identity", lower_identity},
      {"Dropout", lower_identity},
      {"Flatten", lower_flatten},
      {"Reshape", lower_reshape},
      {"Squeeze", lower_squeeze},
      {"Unsqueeze", lower_unsqueeze},
  };
  if (is_quantiser(operation.node)) return lower_quantiser(builder, operation);
  const auto found = kNodes.find(operation.node.op);
  if (found == kNodes.end() || !operation.node.domain.empty()) operation.refuse("is not supported");
  found->second(builder, operation);
}

}  // namespace cairn::compiler
