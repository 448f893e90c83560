// Rings: exactly as large as a layer needs, too small, in the buffer, side by side.
#include "tests/npu/live_set.hpp"
#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using npu::Counter;
using npu::Tile;
using numbers::Layer;

/// A layer that widens its map, in a ring at bit 6400 whose end the output runs over.
class RingTest : public test::NpuBench {
 protected:
  RingTest() : NpuBench(defaults()) {}

  static constexpr std::uint32_t kInBit = 40, kOutBit = kInBit + 64 * 64;

  std::vector<job::Command> list(const npu::Ring& ring, unsigned number = 0) const {
    return {test::ring_command(number, ring),
            test::layer_command(layer, {.in = {number, kInBit}, .out = {number, kOutBit}}),
            test::tile_command(layer, whole, true)};
  }
  npu::Ring ring_of(std::uint64_t bits) const { return {job::Memory::kFeatures, 6400, bits}; }

  const test::Case c = test::operands(test::convolution({8, 8, 16}, 32, 3), 1);
  const Layer& layer = c.layer;
  const Tile whole = test::whole_layer(layer);
  const std::uint64_t needed = test::live_set_peak(layer, std::span(&whole, 1));
};

TEST_F(RingTest, ALayerRunsInExactlyTheRingItNeeds) {
  ASSERT_EQ(needed % 64, 0u);
  put_block(c, whole);
  put_features(c.in, layer.in_type, ring_of(needed), kInBit);
  std::ranges::fill(npu.features.data().first(800), std::uint8_t{0xa5});
  std::ranges::fill(npu.features.data().subspan((6400 + needed) / 8), std::uint8_t{0xa5});
  run([&] { EXPECT_EQ(outcome(list(ring_of(needed))), std::pair(0u, 0u)); });
  EXPECT_EQ(features(layer.out, layer.out_type, ring_of(needed), kOutBit), test::expected(c));
  EXPECT_EQ(total()[Counter::peak_feature_bits], needed);
  const auto untouched = [](std::uint8_t byte) { return byte == 0xa5; };
  EXPECT_TRUE(std::ranges::all_of(npu.features.data().first(800), untouched));
  EXPECT_TRUE(std::ranges::all_of(npu.features.data().subspan((6400 + needed) / 8), untouched));
}

TEST_F(RingTest, AnOverrunStopsTheJobWithTheCommandAndTheBitOffset) {
  run([&] {
    EXPECT_EQ(outcome(list(ring_of(needed - 64))), std::pair(2u, 2u));
    EXPECT_LT(read32(kNpu + npu_regs::error_address::offset), needed - 64);
    EXPECT_EQ(read32(kNpu + npu_regs::status::offset) & npu_regs::status::busy::mask, 0u);
    EXPECT_TRUE(records.empty());
    EXPECT_EQ(outcome(list(ring_of(needed))), std::pair(0u, 0u)) << "the next job starts afresh";
  });
}

TEST_F(RingTest, EveryNumberIsARing) {
  put_block(c, whole);
  run([&] {
    for (unsigned number = 0; number < npu::FeatureSpace::kRings; ++number) {
      put_features(c.in, layer.in_type, ring_of(needed), kInBit);
      EXPECT_EQ(outcome(list(ring_of(needed), number)), std::pair(0u, 0u)) << number;
      EXPECT_EQ(features(layer.out, layer.out_type, ring_of(needed), kOutBit), test::expected(c));
    }
  });
}

TEST_F(RingTest, InputAndOutputLieInRingsOfTheirOwn) {
  const npu::Ring in = ring_of(64 * 64), out{job::Memory::kFeatures, 64'000, 64 * 128};
  put_block(c, whole);
  put_features(c.in, layer.in_type, in, 1000);
  run([&] {
    EXPECT_EQ(
        outcome({test::ring_command(3, in), test::ring_command(5, out),
                 test::layer_command(
                     layer, {.in = {3, 1000}, .out = {5, 77}, .in_release = job::Release::kAtEnd}),
                 test::tile_command(layer, whole, true)}),
        std::pair(0u, 0u));
  });
  EXPECT_EQ(features(layer.out, layer.out_type, out, 77), test::expected(c));
  EXPECT_EQ(total()[Counter::peak_feature_bits], in.bits + out.bits);
}

TEST_F(RingTest, FeaturesInTheBufferAreCountedThereAndTakeNoFeatureMemory) {
  const npu::Ring in{job::Memory::kBuffer, 640, 64 * 64};
  put_block(c, whole);
  put_features(c.in, layer.in_type, in, 1000);
  run([&] {
    EXPECT_EQ(outcome({test::ring_command(0, in), test::ring_command(1, all_features()),
                       test::layer_command(layer, {.in = {0, 1000}, .out = {1, 8}}),
                       test::tile_command(layer, whole, true)}),
              std::pair(0u, 0u));
  });
  EXPECT_EQ(features(layer.out, layer.out_type, all_features(), 8), test::expected(c));
  EXPECT_EQ(total()[Counter::feature_elements_read], 0u);
  EXPECT_EQ(total()[Counter::buffer_elements_read], 64u * 16);
  EXPECT_EQ(total()[Counter::feature_elements_written], 64u * 32);
  EXPECT_EQ(total()[Counter::peak_feature_bits], 64u * 128);
}

}  // namespace
}  // namespace cairn
