// Which ring or buffer each tensor lies in.
#include "compiler/map/tensor_rings.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/map/rings.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/random_graph.hpp"
#include "tests/compiler/residual_block.hpp"
#include "tests/compiler/small_resnet.hpp"

namespace cairn::test {
namespace {

using compiler::Group;
using compiler::Network;
using compiler::NetworkLayer;
using compiler::tensor_rings;
using npu::FeaturePolicy;
using numbers::Op;
namespace rings = compiler::rings;

TEST(TensorRingsTest, TheMainPathAndShortcutsLieInRingsOfTheirOwn) {
  const Network n = residual_block();
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
  const Network n = residual_block();
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

}  // namespace
}  // namespace cairn::test
