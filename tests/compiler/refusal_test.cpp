// Models that cannot be lowered, and what the user reads.
#include <gtest/gtest.h>

#include "tests/compiler/onnx_model.hpp"

namespace cairn::test {
namespace {

/// A model of quantised input [1, 2, 4, 4]; `x` is its features.
struct ModelIsRefused : testing::Test {
  OnnxModel m{{1, 2, 4, 4}};
  std::string x = m.quant("x", "in", {});

  std::string conv(const Attributes& attributes = {}) {
    return m.node("Conv", {x, m.weights("w", {2, 2, 3, 3}, std::vector<float>(36, 1))}, "conv",
                  attributes);
  }
  void expect(const std::string& message) { EXPECT_EQ(m.refusal(), message); }
};

TEST_F(ModelIsRefused, ForUnknownNode) {
  m.node("Softplus", {conv()}, "soft");
  expect("node 'soft' (Softplus): is not supported");
}

TEST_F(ModelIsRefused, ForKnownNodeOfAnotherDomain) {
  m.node("Relu", {conv()}, "relu", {}, "com.example");
  expect("node 'relu' (Relu): is not supported");
}

TEST_F(ModelIsRefused, ForUnknownNodeOnConstants) {
  m.node("Conv", {x, m.node("Erf", {m.constant("w", {2, 2, 1, 1}, {1, 2, 3, 4})}, "erf")}, "conv");
  expect("node 'erf' (Erf): is not supported");
}

TEST_F(ModelIsRefused, ForAddOfAnUnquantisedBranch) {
  const std::string norm =
      m.batch_norm(conv({{"pads", Dims{1, 1, 1, 1}}}), "norm", {1, 1}, {0, 0}, {0, 0}, {1, 1});
  m.quant(m.node("Add", {x, norm}, "sum"), "out", {});
  expect(
      "node 'sum' (Add): adds values of which one is not quantised; both operands must come from a "
      "Quant node");
}

TEST_F(ModelIsRefused, ForAddOfDifferentShapes) {
  m.quant(m.node("Add", {m.quant(conv(), "a", {}), x}, "sum"), "out", {});
  expect(
      "node 'sum' (Add): adds tensors of the shapes [1, 2, 2, 2] and [1, 2, 4, 4]; two data "
      "tensors "
      "must have the same shape");
}

TEST_F(ModelIsRefused, ForAddOfScalesTooFarApart) {
  const std::string a = m.quant(conv({{"pads", Dims{1, 1, 1, 1}}}), "a", {.scale = {40'000}});
  m.quant(m.node("Add", {a, x}, "sum"), "out", {});
  expect("node 'sum' (Add): one operand's scale is more than 32767 times the other's");
}

TEST_F(ModelIsRefused, ForOtherOperationsOnTwoDataTensors) {
  m.node("Mul", {m.quant(conv({{"pads", Dims{1, 1, 1, 1}}}), "a", {}), x}, "product");
  expect(
      "node 'product' (Mul): reads 'a' and 'in': of the operations on several data tensors only "
      "Add "
      "is supported");
}

TEST_F(ModelIsRefused, ForBranchesOfUnquantisedValues) {
  const std::string c = conv();
  m.node("Add", {m.quant(c, "a", {}), m.quant(c, "b", {.bits = 4})}, "sum");
  expect(
      "node 'a' (Quant): reads 'conv', which node 'b' reads too; a tensor with several readers "
      "must "
      "come from a Quant node");
}

TEST(ModelIsRefusedTest, ForTwoQuantisersOfTheInput) {
  OnnxModel m({1, 1, 4, 4});
  m.node("Add", {m.quant("x", "a", {}), m.quant("x", "b", {.bits = 4})}, "sum");
  EXPECT_EQ(m.refusal(),
            "node 'a' (Quant): reads 'x', which node 'b' reads too; a tensor with several readers "
            "must come from a Quant node");
}

TEST_F(ModelIsRefused, ForFloatWeights) {
  m.node("Conv", {x, m.constant("w", {2, 2, 1, 1}, {1, 2, 3, 4})}, "conv");
  expect("node 'conv' (Conv): its weights are not quantised to 8 bits or fewer");
}

TEST_F(ModelIsRefused, ForUnquantisedInput) {
  m.node("Conv", {conv(), m.weights("w2", {2, 2, 1, 1}, {1, 2, 3, 4})}, "conv2");
  expect("node 'conv2' (Conv): its input is not quantised");
}

TEST(ModelIsRefusedTest, ForUnquantisedNetworkInput) {
  OnnxModel m({1, 1, 4, 4});
  m.node("Conv", {"x", m.weights("w", {1, 1, 1, 1}, {1})}, "conv");
  EXPECT_EQ(m.refusal(), "node 'conv' (Conv): its input is not quantised");
}

TEST(ModelIsRefusedTest, ForUnknownInputSize) {
  OnnxModel m({1, 1, 4, 0});
  m.quant("x", "in", {});
  EXPECT_EQ(
      m.refusal(),
      "its input has the shape [1, 1, 4, -1]; supported are [1, C], [1, C, W] and [1, C, H, W] "
      "with sizes known (batch size 1)");
}

TEST(ModelIsRefusedTest, ForBatches) {
  OnnxModel m({8, 1, 4, 4});
  m.quant("x", "in", {});
  EXPECT_NE(m.refusal().find("[8, 1, 4, 4]"), std::string::npos);
}

TEST_F(ModelIsRefused, ForDilation) {
  conv({{"dilations", Dims{2, 2}}});
  expect("node 'conv' (Conv): dilations other than 1 are not supported");
}

TEST_F(ModelIsRefused, ForWrongNumberOfPads) {
  conv({{"pads", Dims{1, 1}}});
  expect("node 'conv' (Conv): attribute 'pads' has 2 numbers, not 4");
}

TEST_F(ModelIsRefused, ForNegativePads) {
  conv({{"pads", Dims{-1, 0, 0, 0}}});
  expect("node 'conv' (Conv): attribute 'pads' holds -1, which is not in 0..255");
}

TEST_F(ModelIsRefused, ForAttributeOfAnotherType) {
  conv({{"strides", std::int64_t{2}}});
  expect("node 'conv' (Conv): attribute 'strides' is not a list of integers");
}

TEST_F(ModelIsRefused, ForGroups) {
  conv({{"group", std::int64_t{3}}});
  expect("node 'conv' (Conv): has 3 groups; supported are 1 and one per input channel");
}

TEST_F(ModelIsRefused, ForWeightsForOtherChannels) {
  m.node("Conv", {x, m.weights("w", {2, 3, 1, 1}, std::vector<float>(6, 1))}, "conv");
  expect("node 'conv' (Conv): its weights do not fit its 2 input channels in 1 groups");
}

TEST_F(ModelIsRefused, ForKernelLargerThanTheMap) {
  m.node("Conv", {x, m.weights("w", {1, 2, 5, 1}, std::vector<float>(10, 1))}, "conv");
  expect("node 'conv' (Conv): its kernel is larger than its padded input");
}

TEST_F(ModelIsRefused, ForMoreThanEightBits) {
  m.quant(conv(), "out", {.bits = 16});
  expect("node 'out' (Quant): features have 1 to 8 bits, not 16");
}

TEST_F(ModelIsRefused, ForZeroPointOfWeights) {
  m.node("Conv",
         {x, m.quant(m.constant("w", {1, 2, 1, 1}, {1, 2}), "w.quant",
                     {.zero_point = 1, .is_signed = true})},
         "conv");
  expect("node 'w.quant' (Quant): weights with a zero point other than 0 are not supported");
}

TEST_F(ModelIsRefused, ForScaleInsideAnOutputChannel) {
  m.node("Conv",
         {x, m.quant(m.constant("w", {1, 2, 1, 1}, {1, 2}), "w.quant",
                     {.scale = {1, 2}, .is_signed = true, .scale_dims = {1, 2, 1, 1}})},
         "conv");
  expect("node 'conv' (Conv): its weights have different scales in one output channel");
}

TEST_F(ModelIsRefused, ForFeatureScalePerChannel) {
  m.quant(conv(), "out", {.scale = {1, 2}, .scale_dims = {1, 2, 1, 1}});
  expect("node 'out' (Quant): its scale is not the same for all features");
}

TEST_F(ModelIsRefused, ForNegativeScale) {
  m.quant(conv(), "out", {.scale = {-1}});
  expect("node 'out' (Quant): its scale is not positive");
}

TEST_F(ModelIsRefused, ForUnknownRounding) {
  m.quant(conv(), "out", {.rounding = "STOCHASTIC"});
  expect("node 'out' (Quant): rounding mode 'STOCHASTIC' is not supported");
}

TEST_F(ModelIsRefused, ForQuantWithoutNarrow) {
  m.quant(conv(), "out", {});
  auto* node = m.proto.mutable_graph()->mutable_node(3);
  ASSERT_EQ(node->attribute(1).name(), "narrow");
  node->mutable_attribute()->DeleteSubrange(1, 1);
  expect("node 'out' (Quant): has no attribute 'narrow'");
}

TEST_F(ModelIsRefused, ForBatchNormalizationOfAnotherSize) {
  m.batch_norm(conv(), "norm", {1}, {1}, {1}, {1});
  expect("node 'norm' (BatchNormalization): its scale does not have one element per channel");
}

TEST_F(ModelIsRefused, ForNegativeVariance) {
  m.batch_norm(conv(), "norm", {1, 1}, {1, 1}, {1, 1}, {1, -1});
  expect("node 'norm' (BatchNormalization): the variance of channel 1 is not positive");
}

TEST_F(ModelIsRefused, ForOperandThatVariesInsideAChannel) {
  m.node("Mul", {conv(), m.constant("k", {1, 1, 2, 2}, {1, 2, 3, 4})}, "mul");
  expect("node 'mul' (Mul): its constant operand is neither one number nor one number per channel");
}

TEST_F(ModelIsRefused, ForOutputScalePerChannel) {
  const std::string fc =
      m.node("MatMul",
             {m.node("Flatten", {x}, "flat"),
              m.quant(m.constant("w", {32, 2}, std::vector<float>(64, 6)), "w.quant",
                      {.scale = {2, 3}, .is_signed = true, .scale_dims = {1, 2}})},
             "fc");
  expect(
      "node 'fc' (MatMul): the network's output has a scale per channel (3.000000 in channel 1, "
      "2.000000 in channel "
      "0); raw accumulators have one: quantise the weights per tensor or the output");
}

TEST_F(ModelIsRefused, ForReluAtTheEnd) {
  m.node("Relu", {conv()}, "relu");
  expect("node 'relu' (Relu): a Relu or Clip on values that no quantiser follows is not supported");
}

TEST_F(ModelIsRefused, ForMatMulWithoutFlatten) {
  m.node("MatMul", {x, m.weights("w", {4, 2}, std::vector<float>(8, 1))}, "fc");
  expect("node 'fc' (MatMul): its input is not flat, of the shape [1, C]");
}

TEST_F(ModelIsRefused, ForTransposedFeatures) {
  m.node("Transpose", {x}, "nhwc", {{"perm", Dims{0, 2, 3, 1}}});
  expect("node 'nhwc' (Transpose): is not supported");
}

TEST_F(ModelIsRefused, ForAveragesWithoutTheirPadding) {
  m.node("AveragePool", {x}, "pool", {{"kernel_shape", Dims{3, 3}}, {"pads", Dims{1, 1, 1, 1}}});
  expect(
      "node 'pool' (AveragePool): divides by fewer elements at the edges; supported is padding "
      "with "
      "count_include_pad = 1");
}

TEST_F(ModelIsRefused, ForNegativeFactorAfterMaxPoolingOfAccumulators) {
  const std::string pool = m.node("MaxPool", {conv()}, "pool", {{"kernel_shape", Dims{2, 2}}});
  m.node("Mul", {pool, m.constant("k", {}, {-1})}, "mul");
  expect(
      "node 'mul' (Mul): has a negative factor after a max pooling of values that are not "
      "quantised");
}

TEST_F(ModelIsRefused, ForAccumulatorsBeyondThirtyTwoBits) {
  OnnxModel big({1, 70'000 / 2, 1, 2});
  const std::string in = big.node("Flatten", {big.quant("x", "in", {})}, "flat");
  big.node("MatMul", {in, big.weights("w", {70'000, 1}, std::vector<float>(70'000, -128))}, "fc");
  EXPECT_EQ(
      big.refusal(),
      "node 'fc' (MatMul): its accumulators can reach 2284800000, which does not fit 32 bits");
}

}  // namespace
}  // namespace cairn::test
