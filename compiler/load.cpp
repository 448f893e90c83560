#include "compiler/load.hpp"

#include "compiler/import/onnx_reader.hpp"
#include "compiler/lower/lower.hpp"

namespace cairn::compiler {

Network load_network(const std::filesystem::path& file) {
  return lower(read_onnx(file), file.stem().string());
}

}  // namespace cairn::compiler
