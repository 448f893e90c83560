// From small ONNX graphs to integers.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "tests/compiler/onnx_model.hpp"

namespace cairn::test {
namespace {

using compiler::Network;
using numbers::FeatureType;
using numbers::Op;
using numbers::Shape;
using numbers::WeightEncoding;

std::vector<float> counting(std::size_t n) {
  std::vector<float> v(n);
  std::iota(v.begin(), v.end(), 0.0F);
  return v;
}

std::vector<std::int32_t> run(const Network& network, const std::vector<float>& nchw) {
  return compiler::run_reference(network, compiler::quantise_input(network, nchw));
}

TEST(LoweringTest, ConvBatchNormReluQuantEqualsItsFloatSemantics) {
  OnnxModel m({1, 1, 16, 16});
  const float scale_in = 0.37F, scale_w = 0.011F, scale_out = 0.9F, epsilon = 1e-5F;
  const std::vector<float> w{3, -5, 7, 0}, gamma{1.3F, -0.8F, 0.0F, 2.1F},
      beta{0.2F, 3.3F, 2.5F, 0.45F}, mean{0.1F, -0.7F, 3, 0}, variance{0.04F, 0.8F, 1, 0.3F};
  std::vector<float> real_weights, image;
  real_weights.reserve(4);
  image.reserve(256);
  for (const float v : w)
    real_weights.push_back(v * scale_w);
  const std::string x = m.quant("x", "in", {.scale = {scale_in}});
  const std::string weights = m.quant(m.constant("w", {4, 1, 1, 1}, real_weights), "w.quant",
                                      {.scale = {scale_w}, .bits = 4, .is_signed = true});
  const std::string conv = m.node("Conv", {x, weights}, "conv");
  const std::string norm = m.batch_norm(conv, "norm", gamma, beta, mean, variance);
  m.quant(m.node("Relu", {norm}, "relu"), "out", {.scale = {scale_out}, .bits = 4});
  const Network network = m.network();
  ASSERT_EQ(network.layers.size(), 1u);
  EXPECT_EQ(network.layers[0].name, "conv");
  EXPECT_EQ(network.layers[0].source_nodes, "conv, norm, relu, out");
  EXPECT_FLOAT_EQ(static_cast<float>(network.output_scale), scale_out);

  for (int q = 0; q < 256; ++q)
    image.push_back(static_cast<float>(q) * scale_in);
  const auto out = run(network, image);
  for (std::size_t i = 0; i < 256; ++i)
    for (std::size_t c = 0; c < 4; ++c) {
      const float product =
          static_cast<float>(static_cast<double>(scale_in) * static_cast<double>(scale_w) *
                             static_cast<double>(i) * static_cast<double>(w[c]));
      const float factor = gamma[c] * (1.0F / std::sqrt(variance[c] + epsilon));
      const float scaled = product * factor;
      const float normed = scaled + (beta[c] - mean[c] * factor);
      const float q = std::nearbyint(std::clamp(std::max(normed, 0.0F) / scale_out, 0.0F, 15.0F));
      EXPECT_EQ(out[i * 4 + c], static_cast<std::int32_t>(q)) << "pixel " << i << ", channel " << c;
    }
}

TEST(LoweringTest, ConvolutionWeightsAndInputsBecomeNhwc) {
  OnnxModel m({1, 2, 2, 3});
  const std::string x = m.quant("x", "in", {});
  m.node("Conv", {x, m.weights("w", {1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})}, "conv");
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].weights, (std::vector<std::int8_t>{1, 5, 2, 6, 3, 7, 4, 8}));
  EXPECT_EQ(network.input, (Shape{2, 3, 2}));
  // Channel 0 holds 0..5, channel 1 holds 6..11.
  EXPECT_EQ(run(network, counting(12)),
            (std::vector<std::int32_t>{0 + 2 + 9 + 16 + 30 + 42 + 63 + 80,
                                       1 + 4 + 12 + 20 + 35 + 48 + 70 + 88}));
}

TEST(LoweringTest, AsymmetricPaddingAndStridesSetTheOutputSize) {
  OnnxModel m({1, 1, 5, 6});
  const std::string x = m.quant("x", "in", {});
  m.node("Conv", {x, m.weights("w", {1, 1, 3, 2}, counting(6))}, "conv",
         {{"strides", Dims{2, 1}}, {"pads", Dims{0, 1, 1, 0}}});
  const numbers::Layer l = m.network().layers[0].layer;
  EXPECT_EQ(l.out, (Shape{2, 6, 1}));
  EXPECT_EQ(l.pad_top, 0);
  EXPECT_EQ(l.pad_left, 1);
}

TEST(LoweringTest, SamePaddingPutsTheOddOneWhereItsNameSays) {
  for (const auto& [mode, pad] : {std::pair("SAME_UPPER", 0), std::pair("SAME_LOWER", 1)}) {
    OnnxModel m({1, 1, 4, 4});
    const std::string x = m.quant("x", "in", {});
    m.node("Conv", {x, m.weights("w", {1, 1, 2, 2}, counting(4))}, "conv",
           {{"auto_pad", std::string(mode)}});
    const numbers::Layer l = m.network().layers[0].layer;
    EXPECT_EQ(l.out, (Shape{4, 4, 1}));
    EXPECT_EQ(l.pad_top, pad) << mode;
  }
}

TEST(LoweringTest, DepthwiseConvolutionKeepsChannelsApart) {
  OnnxModel m({1, 2, 1, 1});
  const std::string x = m.quant("x", "in", {});
  m.node("Conv", {x, m.weights("w", {4, 1, 1, 1}, {1, 2, 3, 4})}, "dw",
         {{"group", std::int64_t{2}}});
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].layer.op, Op::depthwise);
  EXPECT_EQ(run(network, {10, 100}), (std::vector<std::int32_t>{10, 20, 300, 400}));
}

TEST(LoweringTest, OneDimensionalConvolutionHasHeightOne) {
  OnnxModel m({1, 2, 8});
  const std::string x = m.quant("x", "in", {});
  m.node("Conv", {x, m.weights("w", {3, 2, 3}, counting(18))}, "conv",
         {{"pads", Dims{1, 1}}, {"strides", Dims{2}}});
  const numbers::Layer l = m.network().layers[0].layer;
  EXPECT_EQ(l.in, (Shape{1, 8, 2}));
  EXPECT_EQ(l.out, (Shape{1, 4, 3}));
  EXPECT_EQ(l.kernel_h, 1);
  EXPECT_EQ(l.kernel_w, 3);
}

/// Flatten, then `head`, of a map of 2 channels and 3 pixels.
Network flattened(bool gemm) {
  OnnxModel m({1, 2, 1, 3});
  const std::string x = m.node("Flatten", {m.quant("x", "in", {})}, "flat");
  const std::vector<float> rows{1, 10, 100, 2, 20, 0,
                                0, 0,  0,   1, 0,  0};  // two outputs, six inputs each
  if (gemm) {
    m.node("Gemm", {x, m.weights("w", {2, 6}, rows), m.constant("b", {2}, {5, -7})}, "fc",
           {{"transB", std::int64_t{1}}});
  } else {
    m.node("MatMul",
           {x, m.node("Transpose", {m.weights("w", {2, 6}, rows)}, "wt", {{"perm", Dims{1, 0}}})},
           "fc");
  }
  return m.network();
}

TEST(LoweringTest, FlattenedFeaturesMeetTheirOwnWeights) {
  const std::vector<float> nchw{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(run(flattened(true), nchw),
            (std::vector<std::int32_t>{1 + 20 + 300 + 8 + 100 + 5, 4 - 7}));
  EXPECT_EQ(run(flattened(false), nchw), (std::vector<std::int32_t>{1 + 20 + 300 + 8 + 100, 4}));
}

TEST(LoweringTest, QuantisedBiasesOfManyBitsAreFolded) {
  OnnxModel m({1, 1, 1, 1});
  const std::string x = m.quant("x", "in", {});
  const std::string bias = m.quant(m.constant("b", {1}, {70'000.3F}), "b.quant",
                                   {.scale = {0.5F}, .bits = 32, .is_signed = true});
  m.node("Conv", {x, m.weights("w", {1, 1, 1, 1}, {2}), bias}, "conv");
  EXPECT_EQ(m.network().layers[0].table.bias, (std::vector<std::int32_t>{70'000}));
}

TEST(LoweringTest, WeightScalesPerChannelAreFolded) {
  OnnxModel m({1, 1, 1, 1});
  const std::string x = m.quant("x", "in", {});
  const std::string w =
      m.quant(m.constant("w", {2, 1, 1, 1}, {6, 6}), "w.quant",
              {.scale = {2, 3}, .bits = 4, .is_signed = true, .scale_dims = {2, 1, 1, 1}});
  m.quant(m.node("Conv", {x, w}, "conv"), "out", {.scale = {6}, .bits = 4});
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].weights, (std::vector<std::int8_t>{3, 2}));
  for (int q = 0; q < 12; ++q)
    EXPECT_EQ(run(network, {static_cast<float>(q)}), (std::vector<std::int32_t>{q, q}));
}

TEST(LoweringTest, WeightEncodingsFollowTheQuantiser) {
  const auto encode = [](const QuantOptions& q) {
    OnnxModel m({1, 3});
    const std::string x = m.quant("x", "in", {});
    m.node("MatMul", {x, m.quant(m.constant("w", {3, 1}, {-0.4F, 0.0F, 1.5F}), "w.quant", q)},
           "fc");
    return m.network().layers[0];
  };
  const auto binary = encode({.bits = 1, .is_signed = true});
  EXPECT_EQ(binary.layer.weight_encoding, WeightEncoding::binary);
  EXPECT_EQ(binary.weights, (std::vector<std::int8_t>{-1, 1, 1}));
  const auto ternary = encode({.bits = 2, .is_signed = true, .narrow = true});
  EXPECT_EQ(ternary.layer.weight_encoding, WeightEncoding::ternary);
  EXPECT_EQ(ternary.weights, (std::vector<std::int8_t>{0, 0, 1}));
  const auto down = encode({.bits = 3, .is_signed = true, .rounding = "FLOOR"});
  EXPECT_EQ(down.layer.weight_bits, 3);
  EXPECT_EQ(down.weights, (std::vector<std::int8_t>{-1, 0, 1}));
  const auto up = encode({.bits = 3, .is_signed = true, .rounding = "CEIL"});
  EXPECT_EQ(up.weights, (std::vector<std::int8_t>{0, 0, 2}));
  const auto half_even = encode({.bits = 3, .is_signed = true});
  EXPECT_EQ(half_even.weights, (std::vector<std::int8_t>{0, 0, 2}));
  const auto is_unsigned = encode({.bits = 3, .rounding = "ROUND_TO_ZERO"});
  EXPECT_EQ(is_unsigned.layer.weight_bits, 4);
  EXPECT_EQ(is_unsigned.weights, (std::vector<std::int8_t>{0, 0, 1}));
}

TEST(LoweringTest, BipolarFeaturesAreMinusAndPlusOne) {
  OnnxModel m({1, 2});
  const std::string one = m.constant("one", {}, {1});
  const std::string x = m.node("BipolarQuant", {"x", one}, "in", {}, "onnx.brevitas");
  const std::string w =
      m.node("BipolarQuant", {m.constant("w", {2, 2}, {0.3F, -0.2F, 0.1F, 0.9F}), one}, "w.quant",
             {}, "onnx.brevitas");
  m.node("BipolarQuant", {m.node("MatMul", {x, w}, "fc"), one}, "out", {}, "onnx.brevitas");
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].layer.out_type, (FeatureType{2, true, 0}));
  // w = [[1, -1], [1, 1]]
  EXPECT_EQ(run(network, {-3, -3}), (std::vector<std::int32_t>{-1, 1}));
  EXPECT_EQ(run(network, {0, -3}), (std::vector<std::int32_t>{1, -1}));
}

TEST(LoweringTest, ZeroPointsAreSubtractedBeforeMultiplying) {
  OnnxModel m({1, 1, 1, 1});
  const std::string x = m.quant("x", "in", {.scale = {0.5F}, .zero_point = 10});
  m.node("Conv", {x, m.weights("w", {1, 1, 3, 3}, std::vector<float>(9, 2))}, "conv",
         {{"pads", Dims{1, 1, 1, 1}}});
  const Network network = m.network();
  EXPECT_EQ(network.input_type, (FeatureType{8, false, 10}));
  EXPECT_EQ(compiler::quantise_input(network, std::vector<float>{3}),
            (std::vector<std::int16_t>{16}));
  EXPECT_EQ(run(network, {3}), (std::vector<std::int32_t>{12}));
  EXPECT_DOUBLE_EQ(network.output_scale, 0.5);
}

}  // namespace
}  // namespace cairn::test
