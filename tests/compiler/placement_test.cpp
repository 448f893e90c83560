// Features in the ring, weight blocks in their SRAM.
#include <gtest/gtest.h>

#include <random>

#include "compiler/compile.hpp"
#include "compiler/map/weight_placement.hpp"
#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/sample_network.hpp"

namespace cairn::test {
namespace {

using compiler::place_weights;
using compiler::WeightBlock;

bool overlap(const WeightBlock& a, const WeightBlock& b) {
  return a.bytes && b.bytes && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

std::uint32_t aligned(std::uint32_t bytes) {
  return (bytes + 63) / 64 * 64;
}

TEST(FeaturePlacementTest, EachOutputBeginsBehindItsInput) {
  // Input 4*4*3*4 = 192 bits, first output 4*4*5*4 = 320 bits.
  const auto job = compiler::compile(sample_network(4, 4, {3, 5, 2}), FakeMapping(65'536, 65'536));
  EXPECT_EQ(job.layers[0].in_offset, 0u);
  EXPECT_EQ(job.layers[0].out_offset, 192u);
  EXPECT_EQ(job.layers[1].in_offset, 192u);
  EXPECT_EQ(job.layers[1].out_offset, 512u);
  EXPECT_EQ(job.layers[0].cycles, 43u);
  EXPECT_EQ(job.layers[0].macs, 16u * 3 * 5);
}

TEST(FeaturePlacementTest, TheLastOutputIsAlignedToSixtyFourBits) {
  const auto job = compiler::compile(sample_network(3, 1, {3, 5, 2}), FakeMapping(65'536, 65'536));
  EXPECT_EQ(job.layers[0].out_offset, 36u);
  EXPECT_EQ(job.layers[1].out_offset, 128u);  // 36 + 60 = 96
}

TEST(FeaturePlacementTest, OffsetsWrapAroundTheRing) {
  const auto job =
      compiler::compile(sample_network(4, 4, {3, 5, 5, 3, 1}), FakeMapping(704, 65'536));
  EXPECT_EQ(job.layers[1].out_offset, 512u);
  EXPECT_EQ(job.layers[2].out_offset, (512u + 320u) % 704u);
}

TEST(FeaturePlacementTest, ARingTooSmallIsRefusedWithBytes) {
  EXPECT_EQ(
      input_error([] {
        compiler::compile(sample_network(4, 4, {3, 5, 1}), FakeMapping(448, 65'536));
      }),
      "network 'sample': layer 'layer1' needs 64 bytes of feature memory, but core 'fake' has 56");
}

TEST(FeaturePlacementTest, ALayerThatTheCoreLacksIsRefused) {
  FakeMapping mapping(65'536, 65'536);
  mapping.refused_op = numbers::Op::convolution;
  EXPECT_EQ(input_error([&] {
              compiler::compile(sample_network(4, 4, {3, 5}), mapping);
            }),
            "network 'sample': layer 'layer1' cannot run on core 'fake': it has an operation that "
            "it lacks");
}

TEST(WeightPlacementTest, ABlockTooLargeIsRefusedWithBytes) {
  // 40 * 40 * 4 bits of weights and 40 * 16 words of thresholds.
  EXPECT_EQ(input_error([] {
              compiler::compile(sample_network(1, 1, {40, 40, 1}), FakeMapping(65'536, 1'024));
            }),
            "network 'sample': layer 'layer1' needs 3360 bytes of weight memory, but core 'fake' "
            "has 1024");
}

TEST(WeightPlacementTest, BlocksThatAllFitWaitForNothing) {
  for (const WeightBlock& b : place_weights({100, 200, 0, 300, 64}, 1'024))
    EXPECT_EQ(b.computed_before, 0u);
}

TEST(WeightPlacementTest, ABlockWaitsForTheLastLayerInItsPlace) {
  const auto blocks = place_weights({640, 384, 640, 1'024}, 1'024);
  EXPECT_EQ(blocks[1].computed_before, 0u);
  EXPECT_EQ(blocks[2].computed_before, 1u);
  EXPECT_EQ(blocks[3].computed_before, 3u);
}

TEST(WeightPlacementTest, LooksAheadForTheNextBlock) {
  // 320 right behind 256 would leave 448 bytes in two pieces, none of them large enough for the
  // third.
  const auto blocks = place_weights({256, 320, 512}, 1'024);
  EXPECT_FALSE(overlap(blocks[1], blocks[2]));
}

TEST(WeightPlacementTest, NeighboursThatFitTogetherNeverOverlap) {
  const unsigned seed = 20254;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    const auto capacity = static_cast<std::uint32_t>(64 * (16 + random() % 100));
    std::vector<std::uint32_t> sizes(2 + random() % 20);
    for (std::uint32_t& s : sizes)
      s = random() % 6 == 0
              ? 0
              : 8 + static_cast<std::uint32_t>(random() % (capacity / (1 + random() % 4) - 8));
    const auto blocks = place_weights(sizes, capacity);
    std::size_t previous = sizes.size();
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      ASSERT_EQ(blocks[i].bytes, sizes[i]);
      if (sizes[i] == 0) continue;
      ASSERT_EQ(blocks[i].offset % 64, 0u);
      ASSERT_LE(blocks[i].offset + blocks[i].bytes, capacity);
      ASSERT_LE(blocks[i].computed_before, i);
      for (std::size_t j = 0; j < i; ++j)
        ASSERT_TRUE(!overlap(blocks[i], blocks[j]) || blocks[i].computed_before > j)
            << i << " over " << j;
      const bool fit = previous < i && aligned(sizes[previous]) + aligned(sizes[i]) <= capacity;
      ASSERT_FALSE(fit && overlap(blocks[previous], blocks[i]))
          << "round " << round << ", block " << i;
      previous = i;
    }
  }
}

}  // namespace
}  // namespace cairn::test
