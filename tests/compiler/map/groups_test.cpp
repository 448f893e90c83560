// Orders, groups, rings and tile sequences of graphs.
#include "compiler/map/groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/map/layer_order.hpp"
#include "compiler/map/rings.hpp"
#include "compiler/map/tensor_rings.hpp"
#include "compiler/map/tile_sequence.hpp"
#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/random_graph.hpp"
#include "tests/compiler/sample_network.hpp"
#include "tests/compiler/small_resnet.hpp"

namespace cairn::test {
namespace {

using compiler::Group;
using compiler::make_groups;
using compiler::Network;
using compiler::NetworkLayer;
using compiler::tensor_rings;
using npu::FeaturePolicy;
using numbers::Op;
namespace rings = compiler::rings;

enum Schedule { kPlain, kFused, kBuffers };

std::vector<Group> groups_of(const Network& network, Schedule schedule,
                             std::uint32_t buffer_bytes = 4'096,
                             npu::LoopOrder order = npu::LoopOrder::pixel_outer) {
  FakeMapping mapping(65'536, 65'536);
  mapping.sizes().buffer_bytes = buffer_bytes;
  return make_groups(network, mapping, mapping.schedules()[schedule], order);
}

/// A copy of layer `like` of a network, at its end.
int append(Network& network, int like, int input, int second = compiler::kNetworkInput) {
  NetworkLayer l = network.layers[static_cast<std::size_t>(like)];
  l.name = "layer" + std::to_string(network.layers.size() + 1);
  l.input = input;
  l.second = second;
  network.layers.push_back(l);
  return static_cast<int>(network.layers.size()) - 1;
}

void make_addition(NetworkLayer& l) {
  l.layer.op = Op::add;
  l.layer.weight_bits = 0;
  l.layer.second_type = l.layer.in_type;
  l.weights.clear();
}

/// x -> 0 -> 1 -> add(1, x's projection 2) -> 4: all maps have the same shape.
Network block() {
  Network n = sample_network(4, 4, {8, 8, 8, 8, 8, 8});
  n.layers[2].input = compiler::kNetworkInput;
  n.layers[3].input = 1;
  n.layers[3].second = 2;
  make_addition(n.layers[3]);
  return n;
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
  const std::vector<std::size_t> order = layer_order(block());
  const auto add = std::ranges::find(order, 3u);
  EXPECT_TRUE(*(add - 1) == 1 || *(add - 1) == 2);
}

TEST(LayerOrderTest, OfTwoBranchesTheOneThatLeavesLessAliveRunsFirst) {
  Network n = block();
  // Layer 0 makes 8 channels of 4 bits; with 1 bit, its branch runs first, with 8 the projection.
  for (const int bits : {1, 8}) {
    n.layers[0].layer.out_type.bits = n.layers[1].layer.in_type.bits = bits;
    EXPECT_EQ(layer_order(n).front(), bits == 1 ? 0u : 2u);
  }
}

TEST(GroupsTest, AnAdditionIsPairedWithTheConvolutionBeforeIt) {
  const std::vector<Group> groups = groups_of(block(), kPlain);
  const auto pair = std::ranges::find(groups, Group::Kind::pair, &Group::kind);
  ASSERT_NE(pair, groups.end());
  EXPECT_EQ(pair->second, 3u);
  EXPECT_EQ(std::ranges::count(groups, Group::Kind::pair, &Group::kind), 1);
}

TEST(GroupsTest, WithoutABufferForOnePixelOrWithPingPongNothingIsPaired) {
  for (const auto& groups : {groups_of(block(), kPlain, 1), groups_of(block(), kBuffers)}) {
    EXPECT_EQ(groups.size(), 5u);
    EXPECT_EQ(std::ranges::count(groups, Group::Kind::single, &Group::kind), 5);
  }
}

TEST(GroupsTest, AMapThatTwoLayersReadIsNotFused) {
  Network n = block();
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

TEST(TensorRingsTest, TheMainPathAndShortcutsLieInRingsOfTheirOwn) {
  const Network n = block();
  const std::vector<Group> groups = groups_of(n, kPlain);
  const auto pair = *std::ranges::find(groups, Group::Kind::pair, &Group::kind);
  const std::vector<unsigned> found = tensor_rings(n, groups, FeaturePolicy::ring);
  const std::size_t shortcut = pair.first == 1 ? 2 : 1;
  EXPECT_EQ(found[pair.first], rings::kPair);
  EXPECT_EQ(found[shortcut], rings::kShortcut);
  EXPECT_EQ(found[3], rings::kMain);
  EXPECT_EQ(found.back(), rings::kShortcut);  // the input has two readers
}

TEST(TensorRingsTest, PingPongTakesTurnsAndAThirdBufferForAShortcut) {
  const Network chain = sample_network(2, 2, {4, 4, 4, 4});
  EXPECT_EQ(tensor_rings(chain, groups_of(chain, kBuffers), FeaturePolicy::ping_pong),
            (std::vector<unsigned>{1, 0, 1, 0}));
  const Network n = block();
  const auto found = tensor_rings(n, groups_of(n, kBuffers), FeaturePolicy::ping_pong);
  EXPECT_EQ(*std::ranges::max_element(found), 2u);
}

TEST(TensorRingsTest, NoBufferIsWrittenWhileWhatLiesInItIsRead) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network n = seed % 2 == 0 ? small_resnet(seed, true) : random_graph(seed);
    const std::vector<Group> groups = groups_of(n, kBuffers);
    const auto found = tensor_rings(n, groups, FeaturePolicy::ping_pong);
    std::vector<int> in_buffer(3, -2);
    in_buffer[found.back()] = compiler::kNetworkInput;
    for (const Group& g : groups) {
      const NetworkLayer& l = n.layers[g.first];
      const auto buffer_of = [&](int t) {
        return found[t < 0 ? n.layers.size() : static_cast<std::size_t>(t)];
      };
      ASSERT_EQ(in_buffer[buffer_of(l.input)], l.input);
      if (l.layer.op == Op::add) {
        ASSERT_EQ(in_buffer[buffer_of(l.second)], l.second);
      }
      ASSERT_NE(found[g.first], buffer_of(l.input));
      in_buffer[found[g.first]] = static_cast<int>(g.first);
    }
  }
}

TEST(TensorRingsTest, FourLiveMapsAreRefusedWithPingPong) {
  // Three branches of the input, all needed by additions at the end.
  Network n = sample_network(2, 2, {4, 4, 4, 4, 4, 4, 4});
  for (const std::size_t i : {0u, 1u, 2u})
    n.layers[i].input = compiler::kNetworkInput;
  n.layers[3].input = 0;
  n.layers[3].second = 1;
  n.layers[4].input = 3;
  n.layers[4].second = 2;
  make_addition(n.layers[3]);
  make_addition(n.layers[4]);
  n.layers[5].input = 4;
  const std::string error =
      input_error([&] { tensor_rings(n, groups_of(n, kBuffers), FeaturePolicy::ping_pong); });
  EXPECT_EQ(error,
            "network 'sample': layer 'layer4' needs a fourth feature buffer; this schedule "
            "has three");
}

TEST(TileSequenceTest, APairTakesTurnsPieceByPiece) {
  const Network n = sample_network(2, 4, {4, 8, 4});
  FakeMapping mapping(65'536, 65'536);
  mapping.pixels = 3;
  mapping.channels = 4;
  const Group pair{Group::Kind::pair, 0, 1};
  const auto plan = [&](std::size_t i) { return mapping.plan(n.layers[i].layer, {}); };
  const auto uses = tile_sequence(n, pair, plan(0), plan(1));
  ASSERT_EQ(uses.size(), 9u);  // 3 pieces of two chunks and one chunk
  for (std::size_t i = 0; i < uses.size(); ++i) {
    EXPECT_EQ(uses[i].layer, i % 3 == 2 ? 1u : 0u);
    EXPECT_EQ(uses[i].tile.first_pixel, i / 3 * 3);
    EXPECT_EQ(uses[i].is_last, i >= 7) << "tile " << i;
  }
}

/// Whether all first-layer pixels that pixel `o` of the second reads are there.
bool is_fed(const numbers::Layer& second, std::uint32_t o, const std::vector<bool>& made) {
  const int y = static_cast<int>(o) / second.out.width, x = static_cast<int>(o) % second.out.width;
  for (int ky = 0; ky < second.kernel_h; ++ky)
    for (int kx = 0; kx < second.kernel_w; ++kx) {
      const int row = y * second.stride_h - second.pad_top + ky,
                column = x * second.stride_w - second.pad_left + kx;
      if (row < 0 || column < 0 || row >= second.in.height || column >= second.in.width) continue;
      if (!made[static_cast<std::size_t>(row * second.in.width + column)]) return false;
    }
  return true;
}

TEST(TileSequenceTest, AStreamComputesEveryPixelOnceAndBehindThoseThatItReads) {
  for (unsigned seed = 0; seed < 100; ++seed)
    for (const std::uint32_t channels : {0u, 2u}) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const Network n = small_resnet(seed, false);
      const numbers::Layer &a = n.layers[0].layer, &b = n.layers[1].layer;
      FakeMapping mapping(65'536, 65'536);
      mapping.channels = channels;
      mapping.pixels = 4;  // a stream cuts as it must, whatever a plan says
      std::vector<bool> made(static_cast<std::size_t>(a.out.pixels()), false);
      std::vector<std::int64_t> elements(2, 0);
      std::uint32_t next[2] = {0, 0};  // pixels come in raster order
      for (const auto& use : tile_sequence(n, {Group::Kind::stream, 0, 1}, mapping.plan(a, {}),
                                           mapping.plan(b, {}))) {
        const npu::Tile& t = use.tile;
        const numbers::Layer& l = use.layer == 0 ? a : b;
        ASSERT_EQ(t.first_pixel, next[use.layer]);
        elements[use.layer] += std::int64_t{t.pixels} * t.channels;
        const bool finishes =
            t.first_channel + t.channels == static_cast<std::uint32_t>(l.out.channels);
        for (std::uint32_t o = t.first_pixel; o < t.first_pixel + t.pixels; ++o) {
          if (use.layer == 0 && finishes) made[o] = true;
          if (use.layer == 1) {
            ASSERT_TRUE(is_fed(b, o, made)) << "pixel " << o;
          }
        }
        if (finishes) next[use.layer] += t.pixels;
      }
      ASSERT_EQ(elements[0], a.out.elements());
      ASSERT_EQ(elements[1], b.out.elements());
    }
}

}  // namespace
}  // namespace cairn::test
