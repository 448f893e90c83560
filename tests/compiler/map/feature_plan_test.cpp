// Where features lie, how much memory they need, and what is refused.
#include "compiler/map/feature_plan.hpp"

#include <gtest/gtest.h>

#include "compiler/compile.hpp"
#include "compiler/generate/generate.hpp"
#include "compiler/map/ring_space.hpp"
#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/live.hpp"
#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/sample_network.hpp"

namespace cairn::test {
namespace {

using compiler::CompileOptions;
using compiler::FeaturePlan;
using compiler::Network;
namespace rings = compiler::rings;

FeaturePlan plan(Network network, const FakeMapping& mapping, std::size_t schedule = 0) {
  return plan_features(network, mapping, mapping.schedules()[schedule], {},
                       mapping.place_cells(std::vector<numbers::Layer>(network.layers.size())));
}

std::string refusal(const Network& network, const npu::Mapping& mapping,
                    const CompileOptions& options = {}) {
  return input_error([&] { compiler::compile(network, mapping, options); });
}

TEST(RingSpaceTest, NeedsWhatLiesBetweenTheOldestAndTheNewestLiveBit) {
  compiler::RingSpace space;
  const auto a = space.add(100), b = space.add(50, 64);
  EXPECT_EQ(space.begin(b), 128u);
  space.write(a, 100);
  EXPECT_EQ(space.needed_bits(), 100u);
  space.free_before(a, 90);
  space.write(b, 10);
  EXPECT_EQ(space.needed_bits(), 100u);  // 90 to 138
  EXPECT_EQ(space.live_bits(), 20u);
  space.write(b, 50);
  EXPECT_EQ(space.needed_bits(), 100u);
  const auto c = space.add(60);
  space.write(c, 60);
  EXPECT_EQ(space.needed_bits(), 148u);  // 90 to 238: dead bits between live ones count
  space.remove(a);
  space.remove(b);
  EXPECT_EQ(space.live_bits(), 60u);
}

TEST(FeaturePlanTest, EachOutputBeginsBehindItsInput) {
  // Input 4*4*3*4 = 192 bits, first output 4*4*5*4 = 320 bits.
  const FeaturePlan p = plan(sample_network(4, 4, {3, 5, 2}), FakeMapping(65'536, 65'536));
  EXPECT_EQ(p.placements[0].in.offset, 0u);
  EXPECT_EQ(p.placements[0].out.offset, 192u);
  EXPECT_EQ(p.placements[1].in.offset, 192u);
  EXPECT_EQ(p.placements[1].out.offset, 512u);
  EXPECT_EQ(p.placements[1].out.ring, rings::kMain);
  EXPECT_EQ(p.layout.rings[rings::kMain].bits, 65'536u);
}

TEST(FeaturePlanTest, TheLastOutputIsAlignedToSixtyFourBits) {
  const FeaturePlan p = plan(sample_network(3, 1, {3, 5, 2}), FakeMapping(65'536, 65'536));
  EXPECT_EQ(p.placements[0].out.offset, 36u);
  EXPECT_EQ(p.placements[1].out.offset, 128u);  // 36 + 60 = 96
}

TEST(FeaturePlanTest, OffsetsWrapAroundTheRing) {
  const FeaturePlan p = plan(sample_network(4, 4, {3, 5, 5, 3, 1}), FakeMapping(704, 65'536));
  EXPECT_EQ(p.placements[1].out.offset, 512u);
  EXPECT_EQ(p.placements[2].out.offset, (512u + 320u) % 704u);
}

TEST(FeaturePlanTest, ThePeakOfALayerIsWhatTheLiveSetSays) {
  // One tile a layer, 1x1: an input pixel dies with the output pixel that replaces it.
  const Network n = sample_network(4, 4, {3, 5, 4, 2});
  const FakeMapping mapping(65'536, 65'536);
  const FeaturePlan p = plan(n, mapping);
  for (std::size_t i = 0; i < n.layers.size(); ++i)
    EXPECT_EQ(
        p.peak_bits[i],
        npu::peak_live_bits(n.layers[i].layer, npu::live_from(n.layers[i].layer), p.plans[i].tiles))
        << "layer " << i;
}

TEST(FeaturePlanTest, BuffersOfPingPongDoNotWrapAndFreeAtTheEnd) {
  const FeaturePlan p = plan(sample_network(4, 4, {3, 5, 2}), FakeMapping(65'536, 65'536), 2);
  EXPECT_EQ(p.layout.rings[0].bits, 1'024u);  // the output of the second layer, 32-bit sums
  EXPECT_EQ(p.layout.rings[1].bits, 320u);
  EXPECT_EQ(p.placements[0].in_release, job::Release::kAtEnd);
  EXPECT_EQ(p.placements[1].out.offset, 0u);
  EXPECT_EQ(p.layout.feature_bits, 1'344u);
}

TEST(FeaturePlanTest, PartialSumsHaveARingForTheWidestTile) {
  FakeMapping mapping(65'536, 65'536);
  mapping.inputs = 2;
  mapping.channels = 4;
  const FeaturePlan p = plan(sample_network(4, 4, {3, 5, 2}), mapping, 2);
  EXPECT_EQ(p.layout.rings[rings::kPartialSums].bits, 32u * 16 * 4);
  EXPECT_EQ(p.layout.feature_bits, 1'344u + 32 * 16 * 4);
}

TEST(FeaturePlanTest, ARingTooSmallIsRefusedWithBytes) {
  EXPECT_EQ(refusal(sample_network(4, 4, {3, 5, 1}), FakeMapping(448, 65'536)),
            "network 'sample': layer 'layer2' needs 72 bytes of feature memory with schedule "
            "'plain', but core 'fake' has 56");
}

TEST(FeaturePlanTest, AFeatureMemoryThatIsNoNumberOfWordsIsRefused) {
  for (const std::uint64_t bits : {std::uint64_t{0}, std::uint64_t{100}, std::uint64_t{1} << 32U}) {
    const std::string error = refusal(sample_network(2, 2, {3, 5}), FakeMapping(bits, 65'536));
    EXPECT_NE(error.find("feature memory of " + std::to_string(bits) + " bits"), std::string::npos)
        << error;
  }
}

TEST(FeaturePlanTest, ALayerThatTheCoreLacksIsRefused) {
  FakeMapping mapping(65'536, 65'536);
  mapping.refused_op = numbers::Op::convolution;
  EXPECT_EQ(refusal(sample_network(4, 4, {3, 5}), mapping),
            "network 'sample': layer 'layer1' cannot run on core 'fake': it has an operation that "
            "it lacks");
}

TEST(FeaturePlanTest, ABlockTooLargeIsRefusedWithBytes) {
  // 40 * 40 * 4 bits of weights and 40 * 16 words of thresholds.
  EXPECT_EQ(refusal(sample_network(1, 1, {40, 40, 1}), FakeMapping(65'536, 1'024)),
            "network 'sample': layer 'layer1' needs 3360 bytes of weight memory, but there are "
            "1024");
}

/// The published networks in the sizes of the paper: what fits and what does not.
struct PublishedSizes : testing::Test {
  compiler::Generator generator{
      .depth = 50, .residual = false, .feature_bits = 4, .weight_bits = 4};
  const npu::ms::MsMapping mapping{npu::ms::defaults()};

  compiler::Job compiled(const std::string& schedule) const {
    CompileOptions options;
    options.schedule = schedule;
    return compiler::compile(compiler::generate(generator, "resnet50"), mapping, options);
  }
  std::string refused(const std::string& schedule) const {
    return input_error([&] { compiled(schedule); });
  }
};

TEST_F(PublishedSizes, ResNet50AtFourBitsFitsWhenFused) {
  const compiler::Job job = compiled("ms-fused");
  std::uint64_t peak = 0;
  for (const compiler::LayerPlan& l : job.layers)
    peak = std::max(peak, l.peak_feature_bits);
  EXPECT_EQ(peak / 8, 102'208u);  // 99.8 KiB
}

TEST_F(PublishedSizes, ResNet50AtEightBitsIsRefusedWithLayerNeedAndCapacity) {
  generator.feature_bits = generator.weight_bits = 8;
  EXPECT_EQ(refused("ms-fused"),  // 199.6 KiB
            "network 'resnet50': layer 'conv2.1.b' needs 204416 bytes of feature memory with "
            "schedule 'ms-fused', but core 'ms' has 122880");
}

TEST_F(PublishedSizes, TheVariantWithTheStrideInTheThreeByThreeIsRefused) {
  generator.variant = "v1.5";
  EXPECT_EQ(refused("ms-fused"),  // 196.3 KiB
            "network 'resnet50': layer 'conv3.1.b' needs 200960 bytes of feature memory with "
            "schedule 'ms-fused', but core 'ms' has 122880");
}

TEST_F(PublishedSizes, LayerByLayerResNet50IsRefused) {
  // 392 KiB of output, and of the 8-bit image what the last pixel needs.
  EXPECT_EQ(refused("ms"),
            "network 'resnet50': layer 'conv1' needs 404112 bytes of feature memory with schedule "
            "'ms', but core 'ms' has 122880");
}

TEST_F(PublishedSizes, WithShortcutsResNet50IsRefusedNamingBothRings) {
  generator.residual = true;
  EXPECT_EQ(
      refused("ms"),
      "network 'resnet50': layer 'conv1' needs 506320 bytes of feature memory (102208 for the "
      "main path, 404112 for shortcuts) with schedule 'ms', but core 'ms' has 122880");
}

}  // namespace
}  // namespace cairn::test
