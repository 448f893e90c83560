// The fast kernels against the reference, on every instruction set of this machine.
#include "models/npu/numbers/fast.hpp"

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <thread>

#include "tests/numbers/fast_case.hpp"

namespace cairn::numbers {
namespace {

using test::Case;
using test::Random;

std::vector<InstructionSet> available() {
  std::vector<InstructionSet> sets;
  for (const InstructionSet set : kInstructionSets)
    if (has_instruction_set(set)) sets.push_back(set);
  return sets;
}

void expect_equal(const Case& c) {
  std::uint64_t expected_overflows = 0;
  const auto expected = test::reference_of(c, &expected_overflows);
  const FeatureMap map = test::map_of(c);
  for (const InstructionSet set : available()) {
    std::uint64_t overflows = 0;
    const FastLayer fast(c.layer, c.weights, c.table, set);
    ASSERT_EQ(test::outputs_of(fast, map, 0, c.layer.out.pixels(), &overflows), expected)
        << test::describe(c.layer) << ", " << name_of(set);
    ASSERT_EQ(overflows, expected_overflows) << test::describe(c.layer) << ", " << name_of(set);
  }
}

/// `count` random layers, small ones first, so that the first failure is a small case.
void expect_equal_over(std::uint64_t seed, int count, int largest) {
  std::cout << "seed " << seed << "\n";
  for (int i = 0; i < count; ++i) {
    Random random(seed + static_cast<std::uint64_t>(i));
    const Layer layer = random.layer(2 + i * largest / count);
    SCOPED_TRACE("seed " + std::to_string(seed + static_cast<std::uint64_t>(i)));
    expect_equal(random.make(layer));
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(FastLayerTest, EqualsTheReferenceOnRandomLayers) {
  expect_equal_over(1000, 4000, 12);
}

TEST(FastLayerTest, EqualsTheReferenceOnWiderLayers) {
  expect_equal_over(20'000, 60, 40);
}

TEST(FastLayerTest, EqualsTheReferenceWithHugeBiasesAndThresholds) {
  std::cout << "seed 3000\n";
  int wide = 0;
  for (std::uint64_t seed = 3000; seed < 3400; ++seed) {
    Random random(seed);
    Case c = random.make(random.layer(5));
    for (auto& bias : c.table.bias)
      bias = random.chance(50) ? 2147483647 - random.in(0, 60'000)
                               : -2147483647 + random.in(0, 60'000);
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(expect_equal(c));
    wide += FastLayer(c.layer, c.weights, c.table).is_wide() ? 1 : 0;
  }
  EXPECT_GT(wide, 0);
}

TEST(FastLayerTest, EqualsTheReferenceAtTheEdgeOfTheAccumulator) {
  // 2^31 / (255 * 128) is 65793.0: the last count of inputs that cannot overflow, and the first
  // that can.
  for (const int inputs : {65'792, 65'794, 131'600}) {
    Layer layer;
    layer.op = Op::fully_connected;
    layer.in = {1, 4, inputs / 4};
    if (inputs % 4 != 0) layer.in = {1, 2, inputs / 2};
    layer.weight_bits = 8;
    layer.in_type = {8, false, 0};
    layer.out_type = {kAccumulatorBits, true, 0};
    ASSERT_EQ(invalid(layer), "");
    const Case c{layer,
                 std::vector<std::int16_t>(inputs, 255),
                 std::vector<std::int8_t>(inputs, -128),
                 {},
                 {}};
    ASSERT_NO_FATAL_FAILURE(expect_equal(c));
  }
}

TEST(FastLayerTest, PaddingWithoutACodeAddsNothing) {
  std::cout << "seed 4000\n";
  for (std::uint64_t seed = 4000; seed < 4200; ++seed) {
    Random random(seed);
    Layer layer = random.layer(6);
    if (layer.pad_top + layer.pad_left == 0 || layer.op == Op::max_pool) continue;
    layer.in_type.zero_point = random.chance(50) ? random.in(256, 400) : random.in(-400, -129);
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(expect_equal(random.make(layer)));
  }
}

TEST(FastLayerTest, AnySliceAndPixelRangeFromPackedBitsIsThatPartOfTheWhole) {
  std::cout << "seed 5000\n";
  for (std::uint64_t seed = 5000; seed < 6000; ++seed) {
    Random random(seed);
    const Case c = random.make(random.layer(2 + static_cast<int>(seed - 5000) / 80));
    const auto whole = test::reference_of(c);
    const auto block = test::block_of(c);
    const FeatureMap map = test::map_of(c);
    const int all = c.layer.out.channels, pixels = static_cast<int>(c.layer.out.pixels());
    const ChannelRange channels{random.in(0, all - 1), 0};
    const ChannelRange slice{channels.first, random.in(1, all - channels.first)};
    const int first = random.in(0, pixels), count = random.in(0, pixels - first);
    for (const InstructionSet set : available()) {
      const FastLayer fast(c.layer, slice_of(block, c.layer, slice), slice, set);
      const auto part = test::outputs_of(fast, map, first, count);
      for (int p = 0; p < count; ++p)
        for (int ch = 0; ch < slice.count; ++ch)
          ASSERT_EQ(part[static_cast<std::size_t>(p * slice.count + ch)],
                    whole[static_cast<std::size_t>((first + p) * all + slice.first + ch)])
              << "seed " << seed << " " << test::describe(c.layer) << ", " << name_of(set)
              << " pixel " << first + p << " channel " << slice.first + ch;
    }
  }
}

TEST(FastLayerTest, WritesNothingBesideItsOutputs) {
  std::cout << "seed 6000\n";
  for (std::uint64_t seed = 6000; seed < 6200; ++seed) {
    Random random(seed);
    const Case c = random.make(random.layer(6));
    if (c.layer.out_type.bits == kAccumulatorBits) continue;
    const FeatureMap map = test::map_of(c);
    const int channels = c.layer.out.channels, pitch = channels + random.in(1, 40);
    for (const InstructionSet set : available()) {
      const std::int64_t pixels = c.layer.out.pixels();
      std::vector<std::uint8_t> out(static_cast<std::size_t>(pixels * pitch), 0xee);
      FastLayer(c.layer, c.weights, c.table, set).run(map, 0, pixels, out, pitch, nullptr);
      for (std::size_t i = 0; i < out.size(); ++i)
        ASSERT_TRUE(static_cast<int>(i) % pitch < channels || out[i] == 0xee)
            << test::describe(c.layer) << ", " << name_of(set);
    }
  }
}

TEST(FastLayerTest, WorkersChangeNothing) {
  std::cout << "seed 7000\n";
  Workers workers(3);
  Random random(7000);
  for (int trial = 0; trial < 24; ++trial) {
    Layer layer;
    const int size = trial % 2 == 0 ? random.in(3, 7) : random.in(20, 30);  // few pixels, or many
    layer.in = {size, size, random.in(100, 160)};
    layer.out = {size, size, trial % 2 == 0 ? random.in(1000, 1400) : random.in(150, 250)};
    layer.weight_bits = random.in(2, 8);
    if (trial % 3 == 0) {
      layer.out_type = {kAccumulatorBits, true, 0};
    } else {
      layer.requantisation = Requantisation::multiply;
    }
    ASSERT_EQ(invalid(layer), "");
    Case c = random.make(layer);
    if (trial % 4 == 0) c.table.bias.front() = 2147483647;  // wide, and overflows are counted
    const FeatureMap map = test::map_of(c);
    std::uint64_t overflows = 0, expected_overflows = 0;
    const FastLayer alone(layer, c.weights, c.table);
    const FastLayer shared(layer, c.weights, c.table, best_instruction_set(), &workers);
    const auto expected = test::outputs_of(alone, map, 0, layer.out.pixels(), &expected_overflows);
    ASSERT_EQ(test::outputs_of(shared, map, 0, layer.out.pixels(), &overflows), expected)
        << test::describe(layer);
    ASSERT_EQ(overflows, expected_overflows);
  }
}

TEST(FastLayerTest, RefusesWhatDoesNotFit) {
  Random random(1);
  Layer layer;
  layer.in = {3, 3, 4};
  layer.out = {3, 3, 5};
  layer.weight_bits = 4;
  layer.requantisation = Requantisation::multiply;
  const Case c = random.make(layer);
  const FeatureMap map = test::map_of(c);
  const FastLayer fast(layer, c.weights, c.table);
  std::vector<std::uint8_t> codes(45);
  std::vector<std::int32_t> raw(45);
  EXPECT_THROW(fast.run(map, 0, 9, raw, 5, nullptr), std::invalid_argument);
  EXPECT_THROW(fast.run(map, 0, 9, std::span(codes).first(44), 5, nullptr), std::length_error);
  EXPECT_THROW(fast.run(map, 0, 9, codes, 4, nullptr), std::length_error);
  EXPECT_THROW(fast.run(map, 1, 9, codes, 5, nullptr), std::invalid_argument);
  EXPECT_NO_THROW(fast.run(map, 9, 0, std::span<std::uint8_t>(), 5, nullptr));
  const auto block = test::block_of(c);
  const PackedSlice packed = slice_of(block, layer, {4, 1});
  EXPECT_THROW(FastLayer(layer, packed, {4, 2}), std::exception);
  EXPECT_THROW(FastLayer(layer, {packed.weights.first(9), packed.weight_bit, packed.table}, {4, 1}),
               std::length_error);
  Layer other = layer;
  other.pad_top = 0;
  other.in_type.zero_point = 1;
  EXPECT_THROW(fast.run(FeatureMap(other), 0, 9, codes, 5, nullptr), std::invalid_argument);
}

TEST(FastLayerTest, GivesTheSameOutputsToSeveralThreads) {
  Random random(77);
  Layer layer;
  layer.in = {9, 9, 21};
  layer.out = {9, 9, 35};
  layer.kernel_h = layer.kernel_w = 3;
  layer.pad_top = layer.pad_left = 1;
  layer.weight_bits = 5;
  layer.requantisation = Requantisation::multiply;
  const Case c = random.make(layer);
  const FastLayer fast(c.layer, c.weights, c.table);
  const FeatureMap map = test::map_of(c);
  const auto expected = test::reference_of(c);
  std::array<std::vector<std::int32_t>, 4> outs;
  std::vector<std::thread> threads;
  threads.reserve(outs.size());
  for (auto& out : outs)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        out = test::outputs_of(fast, map, 0, layer.out.pixels());
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& out : outs)
    EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace cairn::numbers
