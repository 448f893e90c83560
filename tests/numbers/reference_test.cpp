// The reference kernels on cases small enough to compute by hand.
#include "models/npu/numbers/reference.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "tests/numbers/random_layer.hpp"

namespace cairn::numbers {
namespace {

using Features = std::vector<std::int16_t>;
using Weights = std::vector<std::int8_t>;
using Outputs = std::vector<std::int32_t>;

Layer raw(Op op, Shape in, Shape out, int kernel, int stride, int pad) {
  Layer l;
  l.op = op;
  l.in = in;
  l.out = out;
  l.kernel_h = l.kernel_w = kernel;
  l.stride_h = l.stride_w = stride;
  l.pad_top = l.pad_left = pad;
  l.weight_bits = l.has_weights() ? 8 : 0;
  l.out_type = op == Op::max_pool ? l.in_type : FeatureType{kAccumulatorBits, true, 0};
  EXPECT_EQ(invalid(l), "");
  return l;
}

Outputs run(const Layer& layer, const Features& in, const Weights& weights, const Table& table = {},
            const Features& second = {}) {
  Outputs out(static_cast<std::size_t>(layer.out.elements()));
  reference(layer, in, weights, table, out, nullptr, second);
  return out;
}

TEST(ReferenceTest, ConvolvesAThreeByThreeMapWithPadding) {
  const Layer layer = raw(Op::convolution, {3, 3, 1}, {3, 3, 1}, 3, 1, 1);
  const Features in = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const Weights weights = {0, 1, 0, 1, -4, 1, 0, 1, 0};  // the Laplacian
  EXPECT_EQ(run(layer, in, weights), (Outputs{2, 1, -4, -3, 0, -7, -16, -11, -22}));
}

TEST(ReferenceTest, OrdersWeightsByOutputChannelRowColumnInputChannel) {
  const Layer layer = raw(Op::convolution, {1, 2, 2}, {1, 1, 2}, 1, 2, 0);
  EXPECT_EQ(run(layer, {10, 1, 99, 99}, {1, 2, 3, 4}), (Outputs{12, 34}));
  Layer wide = layer;
  wide.kernel_w = 2;
  EXPECT_EQ(run(wide, {1000, 100, 10, 1}, {1, 2, 3, 4, 5, 6, 7, 8}), (Outputs{1234, 5678}));
}

TEST(ReferenceTest, StridesAndPadsAtTheEndAsTheOutputSizeAsks) {
  const Layer layer = raw(Op::convolution, {1, 4, 1}, {1, 2, 1}, 1, 2, 0);
  EXPECT_EQ(run(layer, {1, 2, 3, 4}, {5}), (Outputs{5, 15}));
  Layer same = layer;  // kernel 3, no padding in front, one column behind
  same.kernel_w = 3;
  ASSERT_EQ(invalid(same), "");
  EXPECT_EQ(run(same, {1, 2, 3, 4}, {1, 10, 100}), (Outputs{321, 43}));
}

TEST(ReferenceTest, PaddingAndTheZeroPointContributeNothing) {
  Layer layer = raw(Op::convolution, {1, 1, 1}, {1, 1, 1}, 3, 1, 1);
  layer.in_type.zero_point = 7;
  const Weights weights(9, 100);
  EXPECT_EQ(run(layer, {7}, weights), (Outputs{0}));
  EXPECT_EQ(run(layer, {9}, weights), (Outputs{200}));
  EXPECT_EQ(run(layer, {0}, weights), (Outputs{-700}));
}

TEST(ReferenceTest, DepthwiseOutputsReadTheirOwnInputChannel) {
  const Layer layer = raw(Op::depthwise, {1, 1, 2}, {1, 1, 4}, 1, 1, 0);
  EXPECT_EQ(run(layer, {10, 1}, {1, 2, 3, 4}), (Outputs{10, 20, 3, 4}));
}

TEST(ReferenceTest, FullyConnectedReadsTheMapInItsOrder) {
  const Layer layer = raw(Op::fully_connected, {2, 1, 2}, {1, 1, 2}, 1, 1, 0);
  EXPECT_EQ(run(layer, {1000, 100, 10, 1}, {1, 2, 3, 4, -1, 0, 0, 0}, {{0, 5}, {}, {}, {}, {}}),
            (Outputs{1234, -995}));
}

TEST(ReferenceTest, PaddingNeverWinsAMaximum) {
  Layer layer = raw(Op::max_pool, {2, 2, 1}, {2, 2, 1}, 2, 1, 0);
  layer.in_type = layer.out_type = {8, true, 0};
  ASSERT_EQ(invalid(layer), "");
  EXPECT_EQ(run(layer, {-9, -8, -7, -6}, {}), (Outputs{-6, -6, -6, -6}));
  layer.pad_top = layer.pad_left = 1;
  ASSERT_EQ(invalid(layer), "");
  EXPECT_EQ(run(layer, {-9, -8, -7, -6}, {}), (Outputs{-9, -8, -7, -6}));
}

TEST(ReferenceTest, AveragePoolRequantisesTheSum) {
  Layer layer = raw(Op::average_pool, {2, 2, 1}, {1, 1, 1}, 2, 2, 0);
  EXPECT_EQ(run(layer, {1, 2, 3, 4}, {}), (Outputs{10}));
  layer.in_type.zero_point = 1;
  layer.out_type = {8, false, 1};
  layer.requantisation = Requantisation::multiply;
  EXPECT_EQ(run(layer, {1, 2, 3, 5}, {}, {{0}, {1}, {2}, {}, {}}),
            (Outputs{3}));  // 7 / 4 rounds to 2
}

TEST(ReferenceTest, RequantiseTreatsEachFeatureByItsChannel) {
  Layer layer = raw(Op::requantise, {1, 2, 2}, {1, 2, 2}, 1, 1, 0);
  layer.out_type = {8, false, 0};
  layer.requantisation = Requantisation::multiply;
  EXPECT_EQ(run(layer, {1, 2, 3, 4}, {}, {{0, 1}, {2, 10}, {0, 0}, {}, {}}),
            (Outputs{2, 30, 6, 50}));
}

TEST(ReferenceTest, AddsTwoInputsEachWithItsZeroPointAndScale) {
  Layer layer = raw(Op::add, {1, 1, 3}, {1, 1, 3}, 1, 1, 0);
  layer.in_type.zero_point = 10;
  layer.second_type = {4, true, -2};
  layer.scale = 3;
  layer.second_scale = -100;
  ASSERT_EQ(invalid(layer), "");
  EXPECT_EQ(run(layer, {10, 0, 255}, {}, {{0, 0, 7}, {}, {}, {}, {}}, {-2, 7, -8}),
            (Outputs{0, -30 - 900, 735 + 600 + 7}));
}

TEST(ReferenceTest, CountsEveryOverflow) {
  Layer layer = raw(Op::fully_connected, {1, 1, 2}, {1, 1, 3}, 1, 1, 0);
  const Table table{{2147483647, 2147483647, -2147483647 - 1}, {}, {}, {}, {}};
  Outputs out(3);
  std::uint64_t overflows = 10;
  reference(layer, Features{1, 1}, Weights{1, 0, 1, -1, 0, -1}, table, out, &overflows);
  EXPECT_EQ(out, (Outputs{2147483647, 2147483647, -2147483647 - 1}));
  EXPECT_EQ(overflows, 12U);
}

TEST(ReferenceTest, ARangeOfPixelsIsThatPartOfTheWhole) {
  std::cout << "seed 7\n";
  test::Random random(7);
  for (int trial = 0; trial < 200; ++trial) {
    const test::Case c = random.make(random.layer(5));
    const Outputs whole = run(c.layer, c.in, c.weights, c.table, c.second);
    const int pixels = static_cast<int>(c.layer.out.pixels()), channels = c.layer.out.channels;
    const int first = random.in(0, pixels - 1), count = random.in(0, pixels - first);
    Outputs part(static_cast<std::size_t>(count) * channels);
    reference(c.layer, c.in, c.weights, c.table, first, count, part, nullptr, c.second);
    ASSERT_TRUE(
        std::equal(part.begin(), part.end(), whole.begin() + std::int64_t{first} * channels))
        << test::describe(c.layer);
  }
}

}  // namespace
}  // namespace cairn::numbers
