// The fast kernels against the reference, on every instruction set of this machine.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <thread>

#include "models/npu/numbers/fast.hpp"
#include "models/npu/numbers/reference.hpp"
#include "tests/numbers/random_layer.hpp"

namespace cairn::numbers {
namespace {

using test::Case;
using test::Random;

constexpr std::array kInstructionSets = {InstructionSet::portable, InstructionSet::avx2,
                                         InstructionSet::avx512_vnni};

void expect_equal(const Case& c) {
  std::vector<std::int32_t> expected(static_cast<std::size_t>(c.layer.out.elements()));
  std::uint64_t expected_overflows = 0;
  reference(c.layer, c.in, c.weights, c.table, expected, &expected_overflows);
  for (const InstructionSet set : kInstructionSets) {
    if (!has_instruction_set(set)) continue;
    std::vector<std::int32_t> out(expected.size(), 12345);
    std::uint64_t overflows = 0;
    FastLayer(c.layer, c.weights, c.table, set).run(c.in, out, &overflows);
    ASSERT_EQ(out, expected) << test::describe(c.layer) << ", instruction set " << int(set);
    ASSERT_EQ(overflows, expected_overflows) << test::describe(c.layer);
  }
}

/// `count` random layers, small ones first, so that the first failure is a small case.
void expect_equal_over(std::uint64_t seed, int count, void (*shape)(Random&, Layer&)) {
  std::cout << "seed " << seed << "\n";
  for (int i = 0; i < count; ++i) {
    Random random(seed + static_cast<std::uint64_t>(i));
    Layer layer = random.layer(2 + i * 12 / count);
    shape(random, layer);
    if (!invalid(layer).empty()) continue;
    SCOPED_TRACE("seed " + std::to_string(seed + static_cast<std::uint64_t>(i)));
    expect_equal(random.make(layer));
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(FastLayerTest, EqualsTheReferenceOnRandomLayers) {
  expect_equal_over(1000, 4000, [](Random&, Layer&) {});
}

TEST(FastLayerTest, EqualsTheReferenceOnWiderLayers) {
  std::cout << "seed 2000\n";
  for (std::uint64_t seed = 2000; seed < 2040; ++seed) {
    Random random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(expect_equal(random.make(random.layer(32))));
  }
}

TEST(FastLayerTest, EqualsTheReferenceWithHugeBiasesAndThresholds) {
  std::cout << "seed 3000\n";
  int overflowing = 0;
  for (std::uint64_t seed = 3000; seed < 3400; ++seed) {
    Random random(seed);
    Case c = random.make(random.layer(5));
    for (auto& bias : c.table.bias)
      bias = random.chance(50) ? 2147483647 - random.in(0, 60'000)
                               : -2147483647 + random.in(0, 60'000);
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(expect_equal(c));
    overflowing += FastLayer(c.layer, c.weights, c.table).may_overflow() ? 1 : 0;
  }
  EXPECT_GT(overflowing, 0);
}

TEST(FastLayerTest, EqualsTheReferenceAtTheEdgeOfTheAccumulator) {
  // 2^31 / (255 * 128) is 65793.0: the last count of inputs that cannot overflow, and the first
  // that can.
  for (const int inputs : {65'792, 65'794}) {
    Layer layer;
    layer.op = Op::fully_connected;
    layer.in = {1, 2, inputs / 2};
    layer.weight_bits = 8;
    layer.in_type = {8, false, 0};
    layer.out_type = {kAccumulatorBits, true, 0};
    ASSERT_EQ(invalid(layer), "");
    const Case c{
        layer, std::vector<std::int16_t>(inputs, 255), std::vector<std::int8_t>(inputs, -128), {}};
    EXPECT_EQ(FastLayer(layer, c.weights, c.table).may_overflow(), inputs == 65'794);
    ASSERT_NO_FATAL_FAILURE(expect_equal(c));
  }
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
  std::vector<std::int32_t> expected(static_cast<std::size_t>(layer.out.elements()));
  reference(c.layer, c.in, c.weights, c.table, expected, nullptr);
  std::array<std::vector<std::int32_t>, 4> outs;
  std::vector<std::thread> threads;
  threads.reserve(outs.size());
  for (auto& out : outs)
    threads.emplace_back([&] {
      out.resize(expected.size());
      for (int i = 0; i < 50; ++i)
        fast.run(c.in, out);
    });
  for (auto& thread : threads)
    thread.join();
  for (const auto& out : outs)
    EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace cairn::numbers
