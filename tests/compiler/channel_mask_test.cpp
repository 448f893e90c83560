// Channel masks: what they mean, what is refused, and networks without their masked channels.
#include "compiler/channel_mask.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/mask_metadata.hpp"
#include "models/npu/numbers/reference.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/random_graph.hpp"
#include "tests/compiler/sample_network.hpp"

namespace cairn::test {
namespace {

using compiler::compact;
using compiler::computed_channels;
using compiler::Network;
using compiler::NetworkLayer;
using numbers::Op;

/// Runs layer by layer; after a layer with an own mask the masked features are overwritten, and in
/// layers that work channel by channel, those that come from them. Written without
/// computed_channels.
std::vector<std::int32_t> run_masked(const Network& network,
                                     const std::vector<std::int16_t>& input) {
  std::vector<std::vector<std::int16_t>> features;
  std::vector<std::vector<bool>> gone;  // [layer][channel]
  std::vector<std::int32_t> out;
  for (const NetworkLayer& l : network.layers) {
    const auto in = static_cast<std::size_t>(l.input), second = static_cast<std::size_t>(l.second);
    out.assign(static_cast<std::size_t>(l.layer.out.elements()), 0);
    numbers::reference(l.layer, l.input < 0 ? input : features[in], l.weights, l.table, out,
                       nullptr,
                       l.layer.op == Op::add ? features[second] : std::vector<std::int16_t>());
    const auto channels = static_cast<std::size_t>(l.layer.out.channels);
    std::vector<bool> masked(channels);
    for (std::size_t c = 0; c < channels; ++c) {
      if (!l.kept.empty()) masked[c] = !l.kept[c];
      if (l.layer.op != Op::convolution && l.layer.op != Op::fully_connected && l.input >= 0)
        masked[c] = gone[in][c * gone[in].size() / channels];
    }
    for (std::size_t i = 0; i < out.size(); ++i)
      if (masked[i % channels]) out[i] = l.layer.out_type.zero_point;
    gone.push_back(masked);
    features.emplace_back(out.begin(), out.end());
  }
  return out;
}

TEST(ChannelMaskTest, CompactAndMaskedNetworksGiveTheSameResults) {
  int masked = 0, branches = 0;
  for (unsigned seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = random_graph(seed);
    ASSERT_NO_THROW(compiler::check(network));
    const std::vector<std::int16_t> input = random_input(network, seed);
    const std::vector<std::int32_t> expected = run_masked(network, input);
    ASSERT_EQ(compiler::run_reference(network, input), expected);
    const Network small = compact(network);
    ASSERT_NO_THROW(compiler::check(small));
    ASSERT_EQ(compiler::run_reference(small, input), expected);
    for (std::size_t i = 0; i < small.layers.size(); ++i) {
      const NetworkLayer &l = small.layers[i], &before = network.layers[i];
      ASSERT_TRUE(l.kept.empty());
      ASSERT_EQ(l.layer.out.channels + l.out_masked, before.layer.out.channels);
      masked += l.out_masked;
      branches += l.layer.op == Op::add && l.input != l.second;
    }
  }
  EXPECT_GT(masked, 1000);
  EXPECT_GT(branches, 50);
}

/// Four 1x1 convolutions in a row, and a mask for the second.
struct MaskOfAChain : testing::Test {
  Network network = sample_network(2, 3, {4, 6, 8, 5, 3});
  std::vector<bool> mask{true, false, true, true, false, true, true, true};

  std::string refusal() const {
    return input_error([&] { computed_channels(network); });
  }
};

TEST_F(MaskOfAChain, TakesWeightsOfTheReaderAway) {
  network.layers[1].kept = mask;
  const Network small = compact(network);
  EXPECT_EQ(small.layers[1].layer.out.channels, 6);
  EXPECT_EQ(small.layers[1].out_masked, 2);
  EXPECT_EQ(small.layers[2].layer.in.channels, 6);
  EXPECT_EQ(small.layers[2].in_masked, 2);
  EXPECT_EQ(small.layers[2].weights.size(), 30u);
  EXPECT_EQ(small.layers[2].weights[1], network.layers[2].weights[2]);
}

TEST_F(MaskOfAChain, WithAllChannelsIsNoMask) {
  network.layers[1].kept.assign(8, true);
  EXPECT_TRUE(computed_channels(network)[1].empty());
}

TEST_F(MaskOfAChain, ThatKeepsNothingIsRefused) {
  network.layers[1].kept.assign(8, false);
  EXPECT_EQ(refusal(),
            "network 'sample': layer 'layer2' has a channel mask that keeps no channel; at least "
            "one must be kept");
}

TEST_F(MaskOfAChain, OfAnotherLengthIsRefused) {
  network.layers[1].kept.assign(7, true);
  EXPECT_EQ(refusal(),
            "network 'sample': layer 'layer2' has 8 output channels, but its channel mask has 7");
}

TEST_F(MaskOfAChain, OfTheOutputIsRefused) {
  network.layers[3].kept = {true, false, true};
  EXPECT_EQ(refusal(),
            "network 'sample': layer 'layer4' gives the network's output, of which no channel can "
            "be masked");
}

TEST_F(MaskOfAChain, WhoseZeroPointIsNoFeatureIsRefused) {
  network.layers[1].kept = mask;
  network.layers[1].layer.out_type.zero_point = -1;
  EXPECT_EQ(refusal(),
            "network 'sample': layer 'layer2' has a channel mask, but its zero point -1 is not "
            "among its features 0..15");
}

TEST_F(MaskOfAChain, ReadInAnotherShapeIsRefused) {
  network.layers[1].kept = mask;
  network.layers[2].layer.in = {1, 6, 8};
  EXPECT_EQ(refusal(),
            "network 'sample': layer 'layer3' reads 'layer2', which has a channel mask, in another "
            "shape; only fully connected layers may");
}

TEST(ChannelMaskTest, OperandsOfAnAdditionNeedTheSameMask) {
  for (unsigned seed = 1;; ++seed) {
    Network network = random_graph(seed);
    const auto add = std::ranges::find_if(network.layers, [](const NetworkLayer& l) {
      return l.layer.op == Op::add && l.input != l.second;
    });
    if (add == network.layers.end()) continue;
    const NetworkLayer& first = network.layers[static_cast<std::size_t>(add->input)];
    NetworkLayer& second = network.layers[static_cast<std::size_t>(add->second)];
    second.kept.assign(static_cast<std::size_t>(second.layer.out.channels), true);
    second.kept[0] =
        !computed_channels(random_graph(seed))[static_cast<std::size_t>(add->second)].empty() &&
        !first.kept[0];
    EXPECT_NE(input_error([&] { computed_channels(network); })
                  .find("layer '" + add->name + "' adds '" + first.name + "' and '" + second.name +
                        "', which have different channel masks"),
              std::string::npos)
        << "seed " << seed;
    return;
  }
}

/// Input -> Conv of four channels, the second of which is dead -> Conv -> raw output.
struct MasksOfAModel : testing::Test {
  OnnxModel m{{1, 1, 2, 2}};

  MasksOfAModel() {
    const std::string x = m.quant("x", "in", {});
    const std::string a = m.node("Conv", {x, m.weights("w", {4, 1, 1, 1}, {1, 0, 2, -1})}, "a");
    m.node("Conv",
           {m.quant(m.node("Relu", {a}, "relu"), "a.out", {.bits = 4}),
            m.weights("v", {1, 4, 1, 1}, {1, 2, 3, 4})},
           "b");
  }
  void set_property(const std::string& json) {
    auto* property = m.proto.add_metadata_props();
    property->set_key(compiler::kMaskProperty);
    property->set_value(json);
  }
};

TEST_F(MasksOfAModel, AreFoundWhereAChannelIsDead) {
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].kept, (std::vector<bool>{true, false, true, true}));
  ASSERT_EQ(network.notes.size(), 1u);
  EXPECT_NE(network.notes[0].find("1 output channels are masked"), std::string::npos);
}

TEST_F(MasksOfAModel, ComeFromItsMetadata) {
  set_property(R"({"a": [0, 3]})");
  const Network network = m.network();
  EXPECT_EQ(network.layers[0].kept, (std::vector<bool>{true, false, false, true}));
  EXPECT_EQ(compact(network).layers[1].weights, (std::vector<std::int8_t>{1, 4}));
}

TEST_F(MasksOfAModel, AreRefusedIfTheyAreWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"{", "is no JSON"},
      {"[1]", "is no JSON object of layer names"},
      {R"({"c": [0]})", "there is no layer 'c'"},
      {R"({"a": 1})", "layer 'a' has no list of channels"},
      {R"({"a": [4]})", "layer 'a' has the channels 0..3, not 4"},
      {R"({"a": [-1]})", "layer 'a' has the channels 0..3, not -1"},
      {R"({"a": [0.5]})", "layer 'a' has the channels 0..3, not 0.5"},
      {R"({"b": []})",
       "network 'model': layer 'b' has a channel mask that keeps no channel; at least one must be "
       "kept"},
  };
  for (const auto& [json, reason] : wrong) {
    m.proto.clear_metadata_props();
    set_property(json);
    EXPECT_EQ(m.refusal(), std::string("metadata 'cairn.masks': ") + reason);
  }
}

}  // namespace
}  // namespace cairn::test
