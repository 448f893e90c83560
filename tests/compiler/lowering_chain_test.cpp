// Pooling, shapes, inputs and outputs of small ONNX graphs.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "tests/compiler/onnx_model.hpp"

namespace cairn::test {
namespace {

using compiler::Network;
using numbers::Op;
using numbers::Requantisation;
using numbers::Shape;

std::vector<float> counting(std::size_t n) {
  std::vector<float> v(n);
  std::iota(v.begin(), v.end(), 0.0F);
  return v;
}

std::vector<std::int32_t> run(const Network& network, const std::vector<float>& nchw) {
  return compiler::run_reference(network, compiler::quantise_input(network, nchw));
}

TEST(LoweringChainTest, PreprocessingGoesIntoTheInput) {
  OnnxModel m({1, 1, 2, 2});
  const std::string doubled = m.node("Mul", {"x", m.constant("two", {}, {2})}, "doubled");
  const std::string x =
      m.quant(m.node("Sub", {doubled, m.constant("one", {1}, {1})}, "centred"), "in",
              {.scale = {0.5F}, .bits = 4, .is_signed = true, .narrow = true});
  m.quant(x, "out", {.scale = {1}, .bits = 4, .is_signed = true});
  const Network network = m.network();
  EXPECT_DOUBLE_EQ(network.input_scale, 0.25);
  EXPECT_DOUBLE_EQ(network.input_offset, 0.5);
  EXPECT_EQ(compiler::quantise_input(network, std::vector<float>{0.5F, 1.0F, -9.0F, 9.0F}),
            (std::vector<std::int16_t>{0, 2, -7, 7}));
}

TEST(LoweringChainTest, AQuantiserAfterPoolingRequantisesTheSum) {
  OnnxModel m({1, 1, 2, 2});
  m.quant(m.node("GlobalAveragePool", {m.quant("x", "in", {})}, "pool"), "out", {.scale = {2}});
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].layer.op, Op::average_pool);
  EXPECT_EQ(network.layers[0].layer.requantisation, Requantisation::multiply);
  EXPECT_EQ(run(network, {10, 20, 30, 41}), (std::vector<std::int32_t>{13}));  // 101 / 8 = 12.6
}

TEST(LoweringChainTest, ReduceMeanOverTheMapIsGlobalAveragePooling) {
  OnnxModel m({1, 1, 2, 2});
  m.quant(m.node("ReduceMean", {m.quant("x", "in", {})}, "mean",
                 {{"axes", Dims{-1, 2}}, {"keepdims", std::int64_t{0}}}),
          "out", {});
  EXPECT_EQ(run(m.network(), {10, 20, 30, 40}), (std::vector<std::int32_t>{25}));
}

TEST(LoweringChainTest, MaxPoolingMovesBehindTheQuantiserOfItsInput) {
  OnnxModel m({1, 1, 2, 2});
  const std::string x = m.quant("x", "in", {});
  const std::string conv = m.node("Conv", {x, m.weights("w", {1, 1, 1, 1}, {-1})}, "conv");
  const std::string pool = m.node("MaxPool", {conv}, "pool", {{"kernel_shape", Dims{2, 2}}});
  m.quant(m.node("Add", {pool, m.constant("b", {}, {20})}, "bias"), "out", {.bits = 4});
  const Network network = m.network();
  ASSERT_EQ(network.layers.size(), 2u);
  EXPECT_EQ(network.layers[1].layer.op, Op::max_pool);
  EXPECT_EQ(run(network, {9, 8, 17, 12}), (std::vector<std::int32_t>{12}));
}

TEST(LoweringChainTest, CeilModeAddsAPartialWindow) {
  OnnxModel m({1, 1, 5, 5});
  m.node("MaxPool", {m.quant("x", "in", {})}, "pool",
         {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{2, 2}}, {"ceil_mode", std::int64_t{1}}});
  const Network network = m.network();
  EXPECT_EQ(network.last().out, (Shape{3, 3, 1}));
  EXPECT_EQ(run(network, counting(25)),
            (std::vector<std::int32_t>{6, 8, 9, 16, 18, 19, 21, 23, 24}));
}

TEST(LoweringChainTest, ARepeatedQuantiserAndAReluOfUnsignedFeaturesCostNothing) {
  OnnxModel m({1, 1, 2, 2});
  const std::string x = m.quant(m.node("Relu", {m.quant("x", "in", {})}, "relu"), "again", {});
  m.node("MaxPool", {x}, "pool", {{"kernel_shape", Dims{2, 2}}});
  EXPECT_EQ(m.network().layers.size(), 1u);
}

TEST(LoweringChainTest, FloatOperationsOnFeaturesBecomeARequantisationLayer) {
  OnnxModel m({1, 2, 1, 2});
  const std::string x = m.quant("x", "in", {});
  m.quant(m.batch_norm(x, "norm", {1, -1}, {0, 10}, {0, 0}, {0.99999F, 0.99999F}), "out",
          {.bits = 4});
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].layer.op, Op::requantise);
  EXPECT_EQ(run(network, {3, 30, 3, 30}), (std::vector<std::int32_t>{3, 7, 15, 0}));
}

TEST(LoweringChainTest, ALastLayerKeepsItsAccumulatorsAndOneScale) {
  OnnxModel m({1, 2});
  const std::string x = m.quant("x", "in", {.scale = {0.5F}});
  const std::string fc = m.node("MatMul", {x, m.weights("w", {2, 2}, {1, 2, 3, 4})}, "fc");
  const std::string halved = m.node("Div", {fc, m.constant("two", {}, {2})}, "halved");
  m.node("Add", {halved, m.constant("b", {2}, {1, -2.6F})}, "out");
  const Network network = m.network();
  EXPECT_DOUBLE_EQ(network.output_scale, 0.25);
  EXPECT_EQ(network.layers[0].table.bias, (std::vector<std::int32_t>{4, -10}));
  EXPECT_EQ(network.last().out_type.bits, numbers::kAccumulatorBits);
}

TEST(LoweringChainTest, ShapesComputedFromTheInputAreFolded) {
  OnnxModel m({1, 1, 2, 3});
  const std::string shape = m.node("Shape", {"x"}, "shape");
  const std::string batch =
      m.node("Gather", {shape, m.integers("zero", {0})}, "batch", {{"axis", std::int64_t{0}}});
  const std::string target =
      m.node("Concat", {batch, m.integers("rest", {-1})}, "target", {{"axis", std::int64_t{0}}});
  const std::string flat = m.node("Reshape", {"x", target}, "flat");
  m.node("MatMul", {m.quant(flat, "in", {}), m.weights("w", {6, 1}, counting(6))}, "fc");
  EXPECT_EQ(run(m.network(), counting(6)), (std::vector<std::int32_t>{55}));
}

TEST(LoweringChainTest, ASymbolicBatchIsOne) {
  OnnxModel m({1, 1, 2, 2});
  m.proto.mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("N");
  m.node("MaxPool", {m.quant("x", "in", {})}, "pool", {{"kernel_shape", Dims{2, 2}}});
  EXPECT_EQ(m.network().input, (Shape{2, 2, 1}));
}

TEST(LoweringChainTest, WrongInputSizesAndNumbersAreRefused) {
  OnnxModel m({1, 1, 2, 2});
  m.node("MaxPool", {m.quant("x", "in", {})}, "pool", {{"kernel_shape", Dims{2, 2}}});
  const Network network = m.network();
  EXPECT_EQ(input_error([&] { compiler::quantise_input(network, std::vector<float>(3)); }),
            "network 'model' takes 4 input values, not 3");
  EXPECT_EQ(
      input_error([&] { compiler::quantise_input(network, std::vector<float>(4, std::nanf(""))); }),
      "input value 0 is not a number");
}

}  // namespace
}  // namespace cairn::test
