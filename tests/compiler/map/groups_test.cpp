// In which order layers run, and which are computed together.
#include "compiler/map/groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/map/layer_order.hpp"
#include "tests/compiler/random_graph.hpp"
#include "tests/compiler/residual_block.hpp"
#include "tests/compiler/small_resnet.hpp"

namespace cairn::test {
namespace {

using compiler::Group;
using compiler::Network;
using compiler::NetworkLayer;

/// A copy of layer `like` of a network, at its end.
int append(Network& network, int like, int input, int second = compiler::kNetworkInput) {
  NetworkLayer l = network.layers[static_cast<std::size_t>(like)];
  l.name = "layer" + std::to_string(network.layers.size() + 1);
  l.input = input;
  l.second = second;
  network.layers.push_back(l);
  return static_cast<int>(network.layers.size()) - 1;
}

TEST(LayerOrderTest, EveryLayerRunsOnceAndBehindWhatItReads) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = seed % 2 == 0 ? random_graph(seed) : small_resnet(seed, true);
    const std::vector<std::size_t> order = layer_order(network);
    std::vector<bool> done(network.layers.size(), false);
    for (const std::size_t i : order) {
      const NetworkLayer& l = network.layers[i];
      ASSERT_FALSE(done[i]);
      ASSERT_TRUE(l.input < 0 || done[static_cast<std::size_t>(l.input)]);
      ASSERT_TRUE(l.second < 0 || done[static_cast<std::size_t>(l.second)]);
      done[i] = true;
    }
    ASSERT_EQ(order.size(), network.layers.size());
  }
}

TEST(LayerOrderTest, AnAdditionFollowsTheConvolutionThatMakesItsLastOperand) {
  const std::vector<std::size_t> order = layer_order(residual_block());
  const auto add = std::ranges::find(order, 3u);
  EXPECT_TRUE(*(add - 1) == 1 || *(add - 1) == 2);
}

TEST(LayerOrderTest, OfTwoBranchesTheOneThatLeavesLessAliveRunsFirst) {
  Network n = residual_block();
  // Layer 0 makes 8 channels of 4 bits; with 1 bit, its branch runs first, with 8 the projection.
  for (const int bits : {1, 8}) {
    n.layers[0].layer.out_type.bits = n.layers[1].layer.in_type.bits = bits;
    EXPECT_EQ(layer_order(n).front(), bits == 1 ? 0u : 2u);
  }
}

TEST(GroupsTest, AnAdditionIsPairedWithTheConvolutionBeforeIt) {
  const std::vector<Group> groups = groups_of(residual_block(), kPlain);
  const auto pair = std::ranges::find(groups, Group::Kind::pair, &Group::kind);
  ASSERT_NE(pair, groups.end());
  EXPECT_EQ(pair->second, 3u);
  EXPECT_EQ(std::ranges::count(groups, Group::Kind::pair, &Group::kind), 1);
}

TEST(GroupsTest, WithoutABufferForOnePixelOrWithPingPongNothingIsPaired) {
  for (const auto& groups :
       {groups_of(residual_block(), kPlain, 1), groups_of(residual_block(), kBuffers)}) {
    EXPECT_EQ(groups.size(), 5u);
    EXPECT_EQ(std::ranges::count(groups, Group::Kind::single, &Group::kind), 5);
  }
}

TEST(GroupsTest, AMapThatTwoLayersReadIsNotFused) {
  Network n = residual_block();
  append(n, 4, 1);  // reads what the addition reads
  append(n, 4, 2);
  for (const Group& g : groups_of(n, kFused))
    EXPECT_EQ(g.kind, Group::Kind::single);
}

TEST(GroupsTest, OnlyWhatWidensAndNarrowsAgainIsABottleneck) {
  const auto kinds = [](const Network& n, Schedule s) {
    std::vector<std::size_t> firsts;
    for (const Group& g : groups_of(n, s))
      if (g.kind == Group::Kind::pair) firsts.push_back(g.first);
    return firsts;
  };
  const Network n = sample_network(4, 4, {4, 8, 4, 4, 8, 8, 4});
  EXPECT_EQ(kinds(n, kFused), (std::vector<std::size_t>{0}));
  EXPECT_EQ(kinds(n, kPlain), std::vector<std::size_t>{});
}

TEST(GroupsTest, AWidenedMapIsFusedByChoiceOnlyIfItHasNoRoom) {
  const Network n = sample_network(4, 4, {4, 8, 4});  // the map has 4 * 4 * 8 * 4 = 512 bits
  const auto fused = [&](std::uint64_t feature_bits, npu::LoopOrder order) {
    FakeMapping mapping(feature_bits, 65'536);
    mapping.sizes().buffer_bytes = 4'096;
    return make_groups(n, mapping, mapping.schedules()[kFused], order).front().kind ==
           Group::Kind::pair;
  };
  const std::uint64_t beside_output = 512 + npu::out_feature_bits(n.layers.back().layer);
  EXPECT_TRUE(fused(beside_output - 64, npu::LoopOrder::automatic));
  EXPECT_FALSE(fused(beside_output, npu::LoopOrder::automatic));
  EXPECT_TRUE(fused(beside_output, npu::LoopOrder::pixel_outer));
}

TEST(GroupsTest, AFirstConvolutionIsStreamedIntoItsPooling) {
  std::size_t streams = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Network n = small_resnet(seed, false);
    EXPECT_EQ(groups_of(n, kPlain).front().kind, Group::Kind::single);
    const Group first = groups_of(n, kFused).front();
    streams += first.kind == Group::Kind::stream;
    EXPECT_EQ(first.first, 0u);
    EXPECT_EQ(first.second, 1u);
  }
  EXPECT_EQ(streams, 20u);
}

TEST(GroupsTest, RowsThatAreNoWholeWordsAreNotStreamed) {
  Network n = small_resnet(1, false);
  n.layers[0].layer.in.width = 7;
  EXPECT_EQ(groups_of(n, kFused).front().kind, Group::Kind::single);
}

TEST(GroupsTest, MovingStridesUpKeepsTheResults) {
  std::size_t moved = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network before = small_resnet(seed, false);
    Network after = before;
    move_strides(after, groups_of(before, kFused));
    compiler::check(after);
    const auto input = random_input(before, seed);
    ASSERT_EQ(run_reference(after, input), run_reference(before, input));
    for (std::size_t i = 0; i < before.layers.size(); ++i)
      moved += after.layers[i].layer.stride_h > before.layers[i].layer.stride_h;
  }
  EXPECT_GT(moved, 5u);
}

}  // namespace
}  // namespace cairn::test
