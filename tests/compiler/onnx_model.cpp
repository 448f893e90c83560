#include "tests/compiler/onnx_model.hpp"

#include <unistd.h>

#include <atomic>
#include <fstream>

#include "compiler/load.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::test {

namespace {

void set(onnx::AttributeProto& a, const compiler::Attribute& value) {
  using onnx::AttributeProto;
  if (const auto* i = std::get_if<std::int64_t>(&value)) {
    a.set_type(AttributeProto::INT);
    a.set_i(*i);
  } else if (const auto* f = std::get_if<float>(&value)) {
    a.set_type(AttributeProto::FLOAT);
    a.set_f(*f);
  } else if (const auto* s = std::get_if<std::string>(&value)) {
    a.set_type(AttributeProto::STRING);
    a.set_s(*s);
  } else if (const auto* ints = std::get_if<std::vector<std::int64_t>>(&value)) {
    a.set_type(AttributeProto::INTS);
    for (const std::int64_t v : *ints)
      a.add_ints(v);
  }
}

}  // namespace

OnnxModel::OnnxModel(const Dims& input_dims) {
  proto.set_ir_version(7);
  auto* opset = proto.add_opset_import();
  opset->set_domain("");
  opset->set_version(13);
  auto* input = graph().add_input();
  input->set_name("x");
  auto* type = input->mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : input_dims)
    type->mutable_shape()->add_dim()->set_dim_value(dim);
}

std::string OnnxModel::constant(const std::string& name, const Dims& dims,
                                const std::vector<float>& values) {
  auto* t = graph().add_initializer();
  t->set_name(name);
  t->set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : dims)
    t->add_dims(dim);
  t->set_raw_data(values.data(), values.size() * sizeof(float));
  return name;
}

std::string OnnxModel::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  auto* t = graph().add_initializer();
  t->set_name(name);
  t->set_data_type(onnx::TensorProto::INT64);
  t->add_dims(static_cast<std::int64_t>(values.size()));
  for (const std::int64_t v : values)
    t->add_int64_data(v);
  return name;
}

std::string OnnxModel::node(const std::string& op, const std::vector<std::string>& inputs,
                            const std::string& output, const Attributes& attributes,
                            const std::string& domain) {
  auto* n = graph().add_node();
  n->set_op_type(op);
  n->set_domain(domain);
  n->set_name(output);
  for (const std::string& input : inputs)
    n->add_input(input);
  n->add_output(output);
  for (const auto& [name, value] : attributes) {
    auto* a = n->add_attribute();
    a->set_name(name);
    set(*a, value);
  }
  graph().clear_output();
  graph().add_output()->set_name(output);
  return output;
}

std::string OnnxModel::quant(const std::string& x, const std::string& output,
                             const QuantOptions& q) {
  const Dims dims = q.scale.size() == 1 ? Dims{} : q.scale_dims;
  return node(
      "Quant",
      {x, constant(output + ".scale", dims, q.scale),
       constant(output + ".zero", {}, {q.zero_point}), constant(output + ".bits", {}, {q.bits})},
      output,
      {{"signed", std::int64_t{q.is_signed}},
       {"narrow", std::int64_t{q.narrow}},
       {"rounding_mode", q.rounding}},
      "qonnx.custom_op.general");
}

std::string OnnxModel::weights(const std::string& name, const Dims& dims,
                               const std::vector<float>& values, float bits) {
  return quant(constant(name, dims, values), name + ".quant", {.bits = bits, .is_signed = true});
}

std::string OnnxModel::batch_norm(const std::string& x, const std::string& output,
                                  const std::vector<float>& gamma, const std::vector<float>& beta,
                                  const std::vector<float>& mean,
                                  const std::vector<float>& variance) {
  const Dims dims{static_cast<std::int64_t>(gamma.size())};
  return node(
      "BatchNormalization",
      {x, constant(output + ".gamma", dims, gamma), constant(output + ".beta", dims, beta),
       constant(output + ".mean", dims, mean), constant(output + ".variance", dims, variance)},
      output);
}

std::string OnnxModel::bytes() const {
  return proto.SerializeAsString();
}

compiler::Network OnnxModel::network() const {
  const ScratchFile file(bytes());
  return compiler::load_network(file.path());
}

std::string OnnxModel::refusal() const {
  const ScratchFile file(bytes());
  const std::string message = input_error([&] { compiler::load_network(file.path()); });
  const std::string prefix = file.path().string() + ": ";
  return message.rfind(prefix, 0) == 0 ? message.substr(prefix.size()) : message;
}

ScratchFile::ScratchFile(const std::string& contents, const std::string& name) {
  static std::atomic<int> count = 0;
  folder_ = std::filesystem::temp_directory_path() /
            ("cairn_compiler_" + std::to_string(getpid()) + "_" + std::to_string(count++));
  std::filesystem::create_directories(folder_);
  path_ = folder_ / name;
  rewrite(contents);
}

void ScratchFile::rewrite(const std::string& contents) const {
  std::ofstream(path_, std::ios::binary) << contents;
}

ScratchFile::~ScratchFile() {
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::string input_error(const std::function<void()>& body) {
  try {
    body();
  } catch (const InputError& e) {
    return e.what();
  }
  return {};
}

}  // namespace cairn::test
