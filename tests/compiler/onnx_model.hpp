// Small ONNX models made in a test.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/import/graph.hpp"
#include "compiler/network.hpp"

namespace cairn::test {

using compiler::Dims;
using Attributes = std::vector<std::pair<std::string, compiler::Attribute>>;

/// One quantiser's parameters; the defaults are unsigned 8-bit integers.
struct QuantOptions {
  std::vector<float> scale{1};
  float zero_point = 0;
  float bits = 8;
  bool is_signed = false;
  bool narrow = false;
  std::string rounding = "ROUND";
  Dims scale_dims{};
};

/// Every method returns the name of the tensor it made; the last node's output is the model's.
class OnnxModel {
 public:
  explicit OnnxModel(const Dims& input_dims);

  std::string constant(const std::string& name, const Dims& dims, const std::vector<float>& values);
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::string& output, const Attributes& attributes = {},
                   const std::string& domain = "");
  std::string quant(const std::string& x, const std::string& output,
                    const QuantOptions& options = {});
  /// Signed weights of `bits` bits with scale 1.
  std::string weights(const std::string& name, const Dims& dims, const std::vector<float>& values,
                      float bits = 8);
  std::string batch_norm(const std::string& x, const std::string& output,
                         const std::vector<float>& gamma, const std::vector<float>& beta,
                         const std::vector<float>& mean, const std::vector<float>& variance);

  std::string bytes() const;
  /// The lowered model.
  compiler::Network network() const;
  /// Why the model is refused, without the file's name; empty if it is not.
  std::string refusal() const;

  onnx::ModelProto proto;

 private:
  onnx::GraphProto& graph() { return *proto.mutable_graph(); }
};

/// A file that exists as long as this object.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& contents, const std::string& name = "model.onnx");
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  void rewrite(const std::string& contents) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path folder_, path_;
};

/// The message of the InputError that `body` throws; empty if it throws none.
std::string input_error(const std::function<void()>& body);

}  // namespace cairn::test
