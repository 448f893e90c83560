// From a model file to the integer graph.
#pragma once

#include <filesystem>

#include "compiler/network.hpp"

namespace cairn::compiler {

/// Reads an ONNX file with QONNX quantisers and lowers it. The network's name is the file's stem.
/// Channel masks come from the model's metadata (see mask_metadata.hpp), and channels that are
/// constantly the zero point are masked too, which Network::notes then says.
/// Throws InputError naming the file, the node and the reason.
Network load_network(const std::filesystem::path& file);

}  // namespace cairn::compiler
