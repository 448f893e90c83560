#include "compiler/import/onnx_reader.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <fstream>
#include <limits>
#include <set>

#include "compiler/import/node_order.hpp"
#include "compiler/import/onnx_tensor.hpp"
#include "compiler/import/refusal.hpp"

namespace cairn::compiler {

namespace {

/// Protobuf's parser must not print: an unreadable file is reported once, by us.
struct SilencedProtobuf {
  google::protobuf::LogSilencer silencer;
};

std::string read_bytes(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) refuse(file, "is a directory, not a model file");
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse(file, "cannot be opened");
  in.seekg(0, std::ios::end);
  const std::streamoff size = in.tellg();
  if (size < 0) refuse(file, "cannot be read");
  if (size == 0) refuse(file, "is empty");
  if (size > std::numeric_limits<int>::max())
    refuse(file, "is larger than 2 GiB, which no ONNX file can be");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.seekg(0);
  if (!in.read(bytes.data(), size)) refuse(file, "cannot be read");
  return bytes;
}

onnx::ModelProto parse(const std::string& file) {
  const std::string bytes = read_bytes(file);
  const SilencedProtobuf silenced;
  onnx::ModelProto model;
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(std::numeric_limits<int>::max());
  if (!model.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage())
    refuse(file, "is truncated or not an ONNX file");
  if (!model.has_graph()) refuse(file, "is not an ONNX file: it holds no graph");
  if (model.opset_import_size() == 0)
    refuse(file, "is truncated or not an ONNX file: it names no operator set");
  if (model.graph().node_size() == 0) refuse(file, "its graph has no nodes");
  return model;
}

GraphInput read_input(const onnx::ValueInfoProto& proto, const std::string& file) {
  if (!proto.type().has_tensor_type()) refuse(file, "input '" + proto.name() + "' is not a tensor");
  const auto& type = proto.type().tensor_type();
  if (type.elem_type() != onnx::TensorProto::FLOAT)
    refuse(file, "input '" + proto.name() + "' is not of type float");
  GraphInput input{proto.name(), {}};
  for (const auto& dim : type.shape().dim()) {
    const bool known = dim.has_dim_value() && dim.dim_value() > 0;
    input.dims.push_back(known ? dim.dim_value() : -1);
  }
  return input;
}

Attribute read_attribute(const onnx::AttributeProto& a, const std::string& file, const Node& node) {
  switch (a.type()) {
    case onnx::AttributeProto::INT:
      return std::int64_t{a.i()};
    case onnx::AttributeProto::FLOAT:
      return a.f();
    case onnx::AttributeProto::STRING:
      return a.s();
    case onnx::AttributeProto::INTS:
      return std::vector<std::int64_t>(a.ints().begin(), a.ints().end());
    case onnx::AttributeProto::FLOATS:
      return std::vector<float>(a.floats().begin(), a.floats().end());
    case onnx::AttributeProto::TENSOR:
      return read_tensor(a.t(), file, "attribute '" + a.name() + "' of node '" + node.name + "'");
    default:
      refuse(file, node, "attribute '" + a.name() + "' has a type that is not supported");
  }
}

Node read_node(const onnx::NodeProto& proto, const std::string& file) {
  Node node;
  node.op = proto.op_type();
  node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  node.name = printable(proto.name());
  if (node.name.empty() && !node.outputs.empty()) node.name = printable(node.outputs.front());
  if (node.outputs.empty() || node.outputs.front().empty()) refuse(file, node, "has no output");
  for (const auto& a : proto.attribute())
    if (!node.attributes.emplace(a.name(), read_attribute(a, file, node)).second)
      refuse(file, node, "has the attribute '" + a.name() + "' twice");
  return node;
}

}  // namespace

Graph read_onnx(const std::filesystem::path& path) {
  const std::string file = path.string();
  const onnx::ModelProto model = parse(file);
  const onnx::GraphProto& proto = model.graph();
  Graph graph;
  graph.file = file;
  if (proto.sparse_initializer_size() > 0) refuse(file, "sparse initializers are not supported");
  for (const auto& initializer : proto.initializer()) {
    const std::string what = "initializer '" + initializer.name() + "'";
    if (!graph.constants.emplace(initializer.name(), read_tensor(initializer, file, what)).second)
      refuse(file, what + " is there twice");
  }
  std::set<std::string> names;
  for (const auto& input : proto.input()) {
    if (!names.insert(input.name()).second)
      refuse(file, "input '" + input.name() + "' is there twice");
    if (!graph.constants.count(input.name())) graph.inputs.push_back(read_input(input, file));
  }
  if (proto.output_size() != 1)
    refuse(file, "has " + std::to_string(proto.output_size()) +
                     " outputs; networks with exactly one are supported");
  graph.output = proto.output(0).name();
  for (const auto& node : proto.node())
    graph.nodes.push_back(read_node(node, file));
  for (const auto& property : model.metadata_props())
    graph.metadata[property.key()] = property.value();
  order_nodes(graph);
  return graph;
}

}  // namespace cairn::compiler
