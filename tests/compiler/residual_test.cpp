// Residual connections: from small ONNX graphs to networks with branches.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compiler/lower/addition_scales.hpp"
#include "tests/compiler/onnx_model.hpp"

namespace cairn::test {
namespace {

using compiler::find_addition_scales;
using compiler::kNetworkInput;
using compiler::Network;
using numbers::Op;

std::vector<std::string> names(const Network& network) {
  std::vector<std::string> out;
  for (const compiler::NetworkLayer& l : network.layers)
    out.push_back(l.name);
  return out;
}

std::vector<std::int32_t> run(const Network& network, const std::vector<float>& nchw) {
  return compiler::run_reference(network, compiler::quantise_input(network, nchw));
}

/// [1, 2, 4, 4] -> main path of two 1x1 convolutions, shortcut, Add, Relu, Quant.
struct ResidualModel : testing::Test {
  OnnxModel m{{1, 2, 4, 4}};
  std::mt19937 random{7};

  std::string conv(const std::string& x, const std::string& name) {
    std::vector<float> w(4);
    for (float& v : w)
      v = static_cast<float>(static_cast<int>(random() % 15) - 7);
    return m.node("Conv", {x, m.weights(name + ".w", {2, 2, 1, 1}, w, 4)}, name);
  }
  std::vector<float> image() {
    std::vector<float> pixels(32);
    for (float& v : pixels)
      v = static_cast<float>(random() % 16);
    return pixels;
  }
};

TEST_F(ResidualModel, WithAProjectionBecomesAGraph) {
  const std::string x = m.quant("x", "in", {.bits = 4});
  const std::string a = m.quant(conv(x, "a"), "a.out", {.scale = {8}, .bits = 4});
  const std::string b =
      m.quant(conv(a, "b"), "b.out", {.scale = {8}, .bits = 4, .is_signed = true});
  const std::string p =
      m.quant(conv(x, "projection"), "p.out", {.scale = {8}, .bits = 4, .is_signed = true});
  m.quant(m.node("Relu", {m.node("Add", {b, p}, "sum")}, "relu"), "out", {.scale = {8}, .bits = 4});
  const Network network = m.network();
  compiler::check(network);
  // The projection runs as early as it can: its input is free then.
  EXPECT_EQ(names(network), (std::vector<std::string>{"a", "projection", "b", "sum"}));
  EXPECT_EQ(network.layers[0].input, kNetworkInput);
  EXPECT_EQ(network.layers[1].input, kNetworkInput);
  EXPECT_EQ(network.layers[2].input, 0);
  EXPECT_EQ(network.layers[3].input, 2);
  EXPECT_EQ(network.layers[3].second, 1);
  EXPECT_EQ(network.layers[3].layer.op, Op::add);
  EXPECT_EQ(network.layers[3].source_nodes, "sum, relu, out");
}

TEST_F(ResidualModel, EqualsItsFloatSemantics) {
  for (const float scale_b : {4.0F, 6.0F, 1.75F}) {
    OnnxModel model({1, 1, 1, 16});
    const std::string x = model.quant("x", "in", {.scale = {4}, .bits = 4});
    const std::string conv =
        model.node("Conv", {x, model.weights("w", {1, 1, 1, 1}, {-3}, 4)}, "conv");
    const std::string b =
        model.quant(conv, "b", {.scale = {scale_b}, .bits = 4, .is_signed = true});
    model.quant(model.node("Relu", {model.node("Add", {b, x}, "sum")}, "relu"), "out",
                {.scale = {2.5F}, .bits = 4});
    std::vector<float> image(16);
    for (int i = 0; i < 16; ++i)
      image[static_cast<std::size_t>(i)] = 4.0F * static_cast<float>(i);
    const std::vector<std::int32_t> out = run(model.network(), image);
    for (std::size_t i = 0; i < 16; ++i) {
      const float branch = std::clamp(std::nearbyint(-3 * image[i] / scale_b), -8.0F, 7.0F);
      const float sum = std::max(branch * scale_b + image[i], 0.0F);
      EXPECT_EQ(out[i],
                static_cast<std::int32_t>(std::clamp(std::nearbyint(sum / 2.5F), 0.0F, 15.0F)))
          << "pixel " << i << ", scale " << scale_b;
    }
  }
}

TEST_F(ResidualModel, WithEqualScalesAddsWithoutFactors) {
  const std::string x = m.quant("x", "in", {.scale = {0.37F}, .bits = 4});
  const std::string a = m.quant(conv(x, "a"), "a.out", {.scale = {0.37F}, .bits = 4});
  m.quant(m.node("Add", {a, x}, "sum"), "out", {.scale = {0.5F}, .bits = 5});
  const Network network = m.network();
  EXPECT_EQ(network.last().scale, 1);
  EXPECT_EQ(network.last().second_scale, 1);
  EXPECT_EQ(network.last().requantisation, numbers::Requantisation::multiply);
  EXPECT_TRUE(network.notes.empty());
}

TEST_F(ResidualModel, WithScalesOfNoSmallRatioSaysSo) {
  const std::string x = m.quant("x", "in", {.scale = {0.370001F}, .bits = 4});
  const std::string a = m.quant(conv(x, "a"), "a.out", {.scale = {0.912347F}, .bits = 4});
  m.quant(m.node("Add", {a, x}, "sum"), "out", {.bits = 4});
  const Network network = m.network();
  ASSERT_EQ(network.notes.size(), 1u);
  EXPECT_NE(network.notes[0].find("'sum'"), std::string::npos);
}

TEST_F(ResidualModel, OfOneTensorTwiceDoublesIt) {
  const std::string x = m.quant("x", "in", {.bits = 4});
  m.quant(m.node("Add", {x, x}, "twice"), "out", {.bits = 5});
  std::vector<float> pixels = image();
  const std::vector<std::int32_t> out = run(m.network(), pixels);
  for (std::size_t i = 0; i < 32; ++i)
    EXPECT_EQ(out[i], 2 * static_cast<int>(pixels[(i % 2) * 16 + i / 2]));
}

TEST_F(ResidualModel, ATensorWithThreeReadersIsComputedOnce) {
  const std::string x = m.quant("x", "in", {.bits = 4});
  const std::string a = m.quant(conv(x, "a"), "a.out", {.scale = {8}, .bits = 4});
  const std::string b = m.quant(conv(a, "b"), "b.out", {.scale = {8}, .bits = 4});
  const std::string c = m.quant(conv(a, "c"), "c.out", {.scale = {8}, .bits = 4});
  const std::string bc = m.quant(m.node("Add", {b, c}, "bc"), "bc.out", {.scale = {8}, .bits = 4});
  m.quant(m.node("Add", {bc, a}, "sum"), "out", {.scale = {8}, .bits = 4});
  const Network network = m.network();
  compiler::check(network);
  EXPECT_EQ(names(network), (std::vector<std::string>{"a", "b", "c", "bc", "sum"}));
  EXPECT_EQ(network.layers[4].second, 0);
}

TEST(AdditionScalesTest, AreTheSmallestExactOnes) {
  const auto scales = find_addition_scales(0.75F, 1.25F);
  ASSERT_TRUE(scales);
  EXPECT_EQ(scales->first, 3);
  EXPECT_EQ(scales->second, 5);
  EXPECT_TRUE(scales->exact);
  EXPECT_DOUBLE_EQ(scales->unit, 0.25);
}

TEST(AdditionScalesTest, ApproximateWithinThePromisedError) {
  std::mt19937 random(5);
  for (int i = 0; i < 500; ++i) {
    const float a = std::ldexp(1 + static_cast<float>(random() % 8'388'608) * 0x1p-23F, -6);
    const float b = std::ldexp(1 + static_cast<float>(random() % 8'388'608) * 0x1p-23F,
                               static_cast<int>(random() % 24) - 18);
    const auto s = find_addition_scales(a, b);
    const double ratio = static_cast<double>(a) / static_cast<double>(b);
    if (ratio > 32'767 || ratio < 1.0 / 32'767) {
      EXPECT_FALSE(s) << a << " : " << b;
      continue;
    }
    ASSERT_TRUE(s) << a << " : " << b;
    EXPECT_LE(std::max(s->first, s->second), 32'767);
    EXPECT_LE(std::abs(s->first / (ratio * s->second) - 1), 1.0 / 32'767)
        << a << " : " << b;
  }
}

}  // namespace
}  // namespace cairn::test
