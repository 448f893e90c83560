// Constants of an ONNX file.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "compiler/import/graph.hpp"

namespace cairn::compiler {

/// Copies a TensorProto after checking that its data have the size that its dimensions say.
/// Floating-point types become float, integer types int64. Throws InputError "FILE: WHAT: reason".
Tensor read_tensor(const onnx::TensorProto& proto, const std::string& file,
                   const std::string& what);

}  // namespace cairn::compiler
