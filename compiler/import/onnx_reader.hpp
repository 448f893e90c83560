// ONNX files.
#pragma once

#include <filesystem>

#include "compiler/import/graph.hpp"

namespace cairn::compiler {

/// Reads an ONNX file of at most 2 GiB. Throws InputError naming the file, the place and the reason
/// if it is missing, truncated or no ONNX, refers to external data, or is no valid graph.
Graph read_onnx(const std::filesystem::path& file);

}  // namespace cairn::compiler
