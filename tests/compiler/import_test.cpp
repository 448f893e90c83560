// Unreadable model files.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/import/onnx_reader.hpp"
#include "compiler/load.hpp"
#include "tests/compiler/onnx_model.hpp"

namespace cairn::test {
namespace {

OnnxModel small_model() {
  OnnxModel m({1, 2, 4, 4});
  const std::string x = m.quant("x", "in", {});
  const std::string w = m.weights("w", {3, 2, 1, 1}, {1, 2, 3, 4, 5, 6});
  m.quant(m.node("Relu", {m.node("Conv", {x, w}, "conv")}, "relu"), "out",
          {.scale = {8}, .bits = 4});
  return m;
}

std::string load_error(const std::string& contents) {
  const ScratchFile file(contents);
  const std::string message = input_error([&] { compiler::load_network(file.path()); });
  EXPECT_EQ(message.rfind(file.path().string() + ": ", 0), 0u) << message;
  return message.substr(std::min(message.size(), file.path().string().size() + 2));
}

TEST(ImportTest, AMissingFileIsNamed) {
  EXPECT_EQ(input_error([] { compiler::load_network("no/such/file.onnx"); }),
            "no/such/file.onnx: cannot be opened");
}

TEST(ImportTest, ADirectoryIsRefused) {
  EXPECT_NE(input_error([] { compiler::load_network("/"); }), "");
}

TEST(ImportTest, AnEmptyFileIsRefused) {
  EXPECT_EQ(load_error(""), "is empty");
}

TEST(ImportTest, TextIsRefused) {
  EXPECT_EQ(load_error("This is not a network, but a sentence.\n"),
            "is truncated or not an ONNX file");
}

TEST(ImportTest, EveryTruncationIsRefused) {
  const std::string bytes = small_model().bytes();
  const ScratchFile file("");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    file.rewrite(bytes.substr(0, length));
    EXPECT_NE(input_error([&] { compiler::load_network(file.path()); }), "")
        << length << " of " << bytes.size();
  }
}

TEST(ImportTest, DamagedFilesNeverCrash) {
  const unsigned seed = 20253;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string bytes = small_model().bytes();
  const ScratchFile file("");
  int refused = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string damaged = bytes;
    for (int flips = 1 + i % 3; flips > 0; --flips)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    file.rewrite(damaged);
    refused += !input_error([&] { compiler::load_network(file.path()); }).empty();
  }
  EXPECT_GT(refused, 1'000);
}

TEST(ImportTest, AModelWithoutNodesIsRefused) {
  EXPECT_EQ(OnnxModel({1, 2}).refusal(), "its graph has no nodes");
}

TEST(ImportTest, ExternalDataAreRefused) {
  OnnxModel m = small_model();
  auto* w = m.proto.mutable_graph()->mutable_initializer(3);
  w->set_data_location(onnx::TensorProto::EXTERNAL);
  EXPECT_EQ(m.refusal(), "initializer '" + w->name() +
                             "': its data lie in another file, which is not supported");
}

TEST(ImportTest, AnInitializerOfAnotherSizeThanItsDimensionsIsRefused) {
  OnnxModel m = small_model();
  auto* w = m.proto.mutable_graph()->mutable_initializer(3);
  ASSERT_EQ(w->name(), "w");
  w->set_dims(0, 1'000);
  EXPECT_EQ(m.refusal(), "initializer 'w': has 24 bytes of data, but its dimensions need 8000");
  w->set_dims(0, std::int64_t{1} << 62);
  EXPECT_EQ(m.refusal(), "initializer 'w': impossible dimension 4611686018427387904");
  w->set_dims(0, -3);
  EXPECT_EQ(m.refusal(), "initializer 'w': impossible dimension -3");
}

TEST(ImportTest, AStringInitializerIsRefused) {
  OnnxModel m = small_model();
  m.proto.mutable_graph()->mutable_initializer(3)->set_data_type(onnx::TensorProto::STRING);
  EXPECT_EQ(m.refusal(), "initializer 'w': element type 8 is not supported");
}

TEST(ImportTest, AnInputOfAnotherTypeIsRefused) {
  OnnxModel m = small_model();
  m.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::DOUBLE);
  EXPECT_EQ(m.refusal(), "input 'x' is not of type float");
}

TEST(ImportTest, ACycleIsRefused) {
  OnnxModel m = small_model();
  m.proto.mutable_graph()->mutable_node(2)->set_input(0, "relu");
  EXPECT_EQ(m.refusal(), "node 'conv' (Conv): is part of a cycle: it needs its own output");
}

TEST(ImportTest, ATensorMadeByNobodyIsRefused) {
  OnnxModel m = small_model();
  m.proto.mutable_graph()->mutable_node(2)->set_input(0, "ghost");
  EXPECT_EQ(m.refusal(), "node 'conv' (Conv): its input 'ghost' is made by no node");
}

TEST(ImportTest, ATensorMadeTwiceIsRefused) {
  OnnxModel m = small_model();
  m.proto.mutable_graph()->mutable_node(3)->set_output(0, "conv");
  EXPECT_EQ(m.refusal(), "node 'relu' (Relu): its output 'conv' exists already");
}

TEST(ImportTest, NodesInAnyOrderAreSorted) {
  OnnxModel m = small_model();
  const compiler::Network expected = m.network();
  auto* nodes = m.proto.mutable_graph()->mutable_node();
  std::reverse(nodes->pointer_begin(), nodes->pointer_end());
  const compiler::Network sorted = m.network();
  ASSERT_EQ(sorted.layers.size(), 1u);
  EXPECT_EQ(sorted.layers[0].table.thresholds, expected.layers[0].table.thresholds);
}

TEST(ImportTest, AVeryLongChainDoesNotExhaustTheStack) {
  OnnxModel m({1, 2});
  std::string x = m.quant("x", "in", {});
  for (int i = 0; i < 50'000; ++i)
    x = m.node("Identity", {x}, "i" + std::to_string(i));
  m.quant(x, "out", {.scale = {2}});
  EXPECT_EQ(m.network().layers.size(), 1u);
}

TEST(ImportTest, NamesThatAreNoTextBecomePrintable) {
  OnnxModel m({1, 2});
  m.node("Relu", {m.quant("x", "in", {})}, "relu");
  m.quant("relu", "a\nb\xff", {.scale = {2}});
  m.proto.mutable_graph()->mutable_node(1)->set_op_type("Soft\x01");
  EXPECT_EQ(m.refusal(), "node 'relu' (Soft?): is not supported");
  m.proto.mutable_graph()->mutable_node()->DeleteSubrange(1, 1);
  m.proto.mutable_graph()->mutable_node(1)->set_input(0, "in");
  EXPECT_EQ(m.network().layers[0].name, "a?b?");
}

TEST(ImportTest, TwoOutputsAreRefused) {
  OnnxModel m = small_model();
  m.proto.mutable_graph()->add_output()->set_name("relu");
  EXPECT_EQ(m.refusal(), "has 2 outputs; networks with exactly one are supported");
}

}  // namespace
}  // namespace cairn::test
