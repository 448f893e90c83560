// Generated networks: their layers, their bits, their masks, and what their features look like.
#include "compiler/generate/generate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "compiler/channel_mask.hpp"
#include "models/npu/numbers/reference.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/random_graph.hpp"

namespace cairn::test {
namespace {

using compiler::Generator;
using compiler::Network;
using compiler::NetworkLayer;
using numbers::Op;

Network generated(const Generator& g) {
  Network network = compiler::generate(g, "generated");
  compiler::check(network);
  return network;
}

double giga_macs(const Network& network) {
  double macs = 0;
  for (const NetworkLayer& l : network.layers)
    macs += static_cast<double>(l.layer.macs());
  return macs * 1e-9;
}

const NetworkLayer& layer(const Network& network, const std::string& name) {
  const auto found = std::ranges::find(network.layers, name, &NetworkLayer::name);
  if (found == network.layers.end()) throw std::out_of_range(name);
  return *found;
}

Generator vgg() {
  return {.family = "vgg", .depth = 16, .residual = false, .size = "cifar"};
}

TEST(GenerateTest, NetworksHaveThePublishedNumbersOfLayersAndMacs) {
  struct Case {
    Generator g;
    std::size_t layers;
    double giga_macs;  ///< classifier included
  };
  const Case cases[] = {
      {{.depth = 50, .variant = "v1", .residual = false}, 52, 3.498},
      {{.depth = 50, .variant = "v1"}, 72, 3.858},
      {{.depth = 50, .variant = "v1.5"}, 72, 4.089},
      {{.depth = 18}, 31, 1.814},
      {{.depth = 34}, 55, 3.664},
      {{.depth = 18, .size = "cifar"}, 30, 0.555},
      {vgg(), 19, 0.313},
  };
  for (const Case& c : cases) {
    const Network network = generated(c.g);
    EXPECT_EQ(network.layers.size(), c.layers) << c.g.depth << c.g.variant;
    EXPECT_NEAR(giga_macs(network), c.giga_macs, 0.0006) << c.g.depth << c.g.variant;
  }
}

TEST(GenerateTest, BlocksComeInTheOrderAProjectionBCAddition) {
  const Network network = generated({.depth = 50, .resolution = 64});
  const std::vector<std::string> expected = {
      "conv1",     "pool1",       "conv2.1.a", "conv2.1.projection", "conv2.1.b",
      "conv2.1.c", "conv2.1.add", "conv2.2.a", "conv2.2.b"};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(network.layers[i].name, expected[i]);
  const NetworkLayer& add = network.layers[6];
  EXPECT_EQ(add.layer.op, Op::add);
  EXPECT_EQ(add.input, 5);
  EXPECT_EQ(add.second, 3);
  EXPECT_TRUE(add.layer.in_type.is_signed);
  EXPECT_FALSE(add.layer.out_type.is_signed);
  EXPECT_EQ(layer(network, "conv2.2.add").second, 6);
}

TEST(GenerateTest, TheVariantSaysWhichConvolutionHasTheStride) {
  const Network v1 = generated({.depth = 50, .variant = "v1", .resolution = 64});
  const Network v15 = generated({.depth = 50, .variant = "v1.5", .resolution = 64});
  EXPECT_EQ(layer(v1, "conv3.1.a").layer.stride_h, 2);
  EXPECT_EQ(layer(v1, "conv3.1.b").layer.stride_h, 1);
  EXPECT_EQ(layer(v15, "conv3.1.a").layer.stride_h, 1);
  EXPECT_EQ(layer(v15, "conv3.1.b").layer.stride_h, 2);
}

TEST(GenerateTest, TheSeedAloneDecidesTheNumbers) {
  const Generator g{.depth = 18, .size = "cifar", .feature_bits = 4, .weight_bits = 4};
  Generator other = g;
  other.seed = 2;
  const Network a = generated(g), b = generated(g), c = generated(other);
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].weights, b.layers[i].weights);
    EXPECT_EQ(a.layers[i].table.multiplier, b.layers[i].table.multiplier);
    EXPECT_EQ(a.layers[i].table.bias, b.layers[i].table.bias);
    if (a.layers[i].layer.has_weights()) {
      EXPECT_NE(a.layers[i].weights, c.layers[i].weights);
    }
  }
}

/// Mean, deviation and the share of the largest value of one layer's outputs.
struct Spread {
  double mean = 0, deviation = 0, top = 0;
};

std::vector<Spread> spreads(const Network& network) {
  std::vector<std::vector<std::int16_t>> features;
  std::vector<Spread> out;
  const std::vector<std::int16_t> input = random_input(network, 3);
  const auto of = [&](int l) { return l < 0 ? input : features[static_cast<std::size_t>(l)]; };
  for (const NetworkLayer& l : network.layers) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(l.layer.out.elements()));
    numbers::reference(l.layer, of(l.input), l.weights, l.table, values, nullptr, of(l.second));
    Spread s;
    const double count = static_cast<double>(values.size());
    const bool raw = l.layer.out_type.bits == numbers::kAccumulatorBits;
    for (const std::int32_t q : values) {
      s.mean += q / count;
      s.deviation += double{1} * q * q / count;
      s.top += !raw && q == l.layer.out_type.high() ? 1 / count : 0;
    }
    s.deviation = std::sqrt(s.deviation - s.mean * s.mean);
    out.push_back(s);
    features.emplace_back(values.begin(), values.end());
  }
  return out;
}

TEST(GenerateTest, FeaturesUseTheirRangeInEveryLayerAndNeitherDieNorSaturate) {
  const Generator cases[] = {
      {.depth = 50, .residual = false, .resolution = 64, .feature_bits = 4, .weight_bits = 4},
      {.depth = 50, .resolution = 64, .feature_bits = 4, .weight_bits = 3},
      {.depth = 18, .size = "cifar", .feature_bits = 8, .weight_bits = 8},
  };
  for (const Generator& g : cases) {
    const Network network = generated(g);
    const std::vector<Spread> all = spreads(network);
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      const NetworkLayer& l = network.layers[i];
      const double steps = l.layer.out_type.high() - l.layer.out_type.low();
      SCOPED_TRACE(l.name + " of " + std::to_string(g.depth));
      EXPECT_GT(all[i].deviation, steps * 0.12);
      EXPECT_LT(all[i].deviation, steps * 0.35);
      EXPECT_LT(all[i].top, 0.05);
    }
    EXPECT_GT(all.back().deviation, 50);  // logits
  }
}

TEST(GenerateTest, WeightsFillTheirWidthSymmetrically) {
  for (const int bits : {1, 2, 3, 4, 8}) {
    Generator g = vgg();
    g.weight_bits = bits;
    const Network network = generated(g);
    const NetworkLayer& l = layer(network, "conv4.2");
    const int top = bits == 1 ? 1 : (1 << (bits - 1)) - 1;
    EXPECT_EQ(*std::ranges::max_element(l.weights), top) << bits << " bits";
    EXPECT_EQ(*std::ranges::min_element(l.weights), -top) << bits << " bits";
    double sum = 0;
    for (const std::int8_t w : l.weights)
      sum += w;
    EXPECT_LT(std::abs(sum / static_cast<double>(l.weights.size())), 0.01 * top) << bits << " bits";
  }
}

TEST(GenerateTest, BitRulesApplyInTheirOrder) {
  Generator g{
      .depth = 50, .residual = false, .resolution = 64, .feature_bits = 4, .weight_bits = 3};
  g.bits = {{{"conv3.*"}, 5, 6}, {{"conv3.2.b", "fc"}, {}, 7}};
  const Network network = generated(g);
  EXPECT_EQ(layer(network, "conv1").layer.in_type.bits, 8);
  EXPECT_EQ(layer(network, "conv1").layer.weight_bits, 8);
  EXPECT_EQ(layer(network, "conv2.3.c").layer.in_type.bits, 4);
  EXPECT_EQ(layer(network, "conv2.3.c").layer.out_type.bits, 5);
  EXPECT_EQ(layer(network, "conv3.2.a").layer.weight_bits, 6);
  EXPECT_EQ(layer(network, "conv3.2.b").layer.weight_bits, 7);
  EXPECT_EQ(layer(network, "conv3.2.b").layer.in_type.bits, 5);
  EXPECT_EQ(layer(network, "conv4.1.a").layer.in_type.bits, 4);
  EXPECT_EQ(layer(network, "fc").layer.weight_bits, 7);
}

TEST(GenerateTest, MasksKeepTheirShareInMultiplesAndTheSameResults) {
  Generator g{.depth = 18, .size = "cifar", .resolution = 16, .feature_bits = 4, .weight_bits = 4};
  g.masks = {{.layers = {"*"}, .keep = 0.8}, {.layers = {"conv3.1.a"}, .channels = {1, 2, 127}}};
  const Network network = generated(g);
  const Network small = compiler::compact(network);
  EXPECT_EQ(layer(small, "conv2.1.a").layer.out, (numbers::Shape{16, 16, 48}));
  EXPECT_EQ(layer(small, "conv3.1.a").layer.out.channels, 3);
  EXPECT_EQ(layer(small, "conv3.1.a").in_masked, 16);
  EXPECT_EQ(layer(small, "conv5.2.add").layer.out.channels, 416);
  const std::vector<std::int16_t> input = random_input(network, 1);
  EXPECT_EQ(compiler::run_reference(small, input), compiler::run_reference(network, input));
}

TEST(GenerateTest, WhatCannotBeIsRefusedByItsKey) {
  const auto refusal = [](const Generator& g) {
    return input_error([&] { compiler::generate(g, "x"); });
  };
  EXPECT_EQ(refusal({.family = "alexnet"}),
            "generate.family must be \"resnet\" or \"vgg\", not \"alexnet\"");
  EXPECT_EQ(refusal({.depth = 19}),
            "generate.depth must be 18, 20, 34, 50, 101 or 152 for a resnet, not 19");
  EXPECT_EQ(refusal({.variant = "v2"}), "generate.variant must be \"v1\" or \"v1.5\", not \"v2\"");
  EXPECT_EQ(refusal({.size = "mnist"}),
            "generate.size must be \"imagenet\" or \"cifar\", not \"mnist\"");
  EXPECT_EQ(refusal({.feature_bits = 9}), "generate.feature_bits must be 1 to 8 bits, not 9");
  Generator tiny = vgg();
  tiny.resolution = 16;
  EXPECT_EQ(refusal(tiny),
            "generate.resolution is too small: layer 'pool5' has a window of 2 pixels, but its "
            "input has 1");
  EXPECT_EQ(refusal({.bits = {{{"conv9.*"}, 4, 4}}}),
            "bits.layers names 'conv9.*', which is no layer of this network");
  EXPECT_EQ(refusal({.bits = {{{"conv3.1.projection"}, 5, {}}}}),
            "bits: layers 'conv3.1.a' and 'conv3.1.projection' read the same features, but with 8 "
            "and 5 bits");
  EXPECT_EQ(refusal({.masks = {{.layers = {"pool1"}, .keep = 0.5}}}),
            "masks.layers names no convolution; only these have masks");
  EXPECT_EQ(refusal({.masks = {{.layers = {"conv1"}, .keep = 1.5}}}),
            "masks.keep must be above 0 and at most 1, not 1.500000");
  EXPECT_EQ(refusal({.masks = {{.layers = {"conv1"}, .channels = {64}}}}),
            "masks.channels names channel 64, but layer 'conv1' has 64");
  EXPECT_NE(
      refusal({.masks = {{.layers = {"conv2.1.c"}, .keep = 0.5}}})
          .find("'conv2.1.add' adds 'conv2.1.c' and 'conv2.1.projection', which have different "
                "channel masks"),
      std::string::npos);
}

}  // namespace
}  // namespace cairn::test
