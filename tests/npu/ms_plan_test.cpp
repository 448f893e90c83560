// Plans of the memory-stationary core: the published reference points on ResNet-50, and what a plan
// promises against what its schedule does.
#include <gtest/gtest.h>

#include <set>

#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/live.hpp"
#include "tests/npu/resnet50_layers.hpp"

namespace cairn {
namespace {

using npu::LoopOrder;
using npu::Plan;
using npu::PlanRefused;
using npu::PlanRequest;
using npu::Tile;
using numbers::Layer;
using test::resnet50_convolutions;
using test::square_convolution;
using test::StrideAt;

constexpr std::uint64_t kMebibyteBits = 8 << 20;  // layer by layer, 4 bits need 393 kB
constexpr double kDramBytesPerCycle = 16;         // 12.8 GB/s at 800 MHz

class MsPlanTest : public testing::Test {
 protected:
  Plan plan(const Layer& layer, std::string_view schedule,
            LoopOrder order = LoopOrder::automatic) const {
    PlanRequest request;
    request.schedule = schedule;
    request.order = order;
    request.feature_bits = kMebibyteBits;
    request.dram_bytes_per_cycle = kDramBytesPerCycle;
    return mapping.plan(layer, request);
  }

  /// Sums over all convolutions.
  Plan total(StrideAt where, int bits, std::string_view schedule,
             LoopOrder order = LoopOrder::automatic) const {
    Plan sum;
    for (const Layer& l : resnet50_convolutions(where, bits)) {
      const Plan p = plan(l, schedule, order);
      sum.feature_elements += p.feature_elements;
      sum.weight_bytes += p.weight_bytes;
      sum.cycles += p.cycles;
      sum.tiles.insert(sum.tiles.end(), p.tiles.begin(), p.tiles.end());
    }
    return sum;
  }

  npu::ms::MsMapping mapping{npu::ms::defaults()};
};

/// Every output element of every input channel once.
void expect_cover(const Layer& layer, const std::vector<Tile>& tiles) {
  std::uint64_t products = 0;
  std::set<std::array<std::uint32_t, 3>> corners;
  for (const Tile& t : tiles) {
    products += std::uint64_t{t.pixels} * t.channels * t.inputs;
    EXPECT_LE(t.first_pixel + t.pixels, layer.out.pixels());
    EXPECT_LE(t.first_channel + t.channels, static_cast<std::uint32_t>(layer.out.channels));
    EXPECT_LE(t.first_input + t.inputs, static_cast<std::uint32_t>(layer.in.channels));
    EXPECT_TRUE(corners.insert({t.first_pixel, t.first_channel, t.first_input}).second);
  }
  EXPECT_EQ(products, static_cast<std::uint64_t>(layer.out.elements()) * layer.in.channels);
}

double millions(std::uint64_t count) {
  return static_cast<double>(count) / 1e6;
}

TEST_F(MsPlanTest, PixelOuterReadsAndWritesEachFeatureOfResNet50Once) {
  EXPECT_NEAR(
      millions(total(StrideAt::first_1x1, 4, "ms", LoopOrder::pixel_outer).feature_elements), 16.56,
      0.01);
  EXPECT_NEAR(millions(total(StrideAt::conv_3x3, 4, "ms", LoopOrder::pixel_outer).feature_elements),
              18.67, 0.01);
}

TEST_F(MsPlanTest, WeightStationaryBaselineMovesPartialSums) {
  EXPECT_NEAR(millions(total(StrideAt::first_1x1, 4, "pingpong-ws").feature_elements), 73.96, 0.01);
  EXPECT_NEAR(millions(total(StrideAt::conv_3x3, 4, "pingpong-ws").feature_elements), 86.08, 0.01);
}

TEST_F(MsPlanTest, OutputStationaryBaselineReadsInputsOnceForEvery128Channels) {
  EXPECT_NEAR(millions(total(StrideAt::first_1x1, 4, "pingpong-os").feature_elements), 23.98, 0.01);
}

TEST_F(MsPlanTest, ChannelOuterLoadsTheWeightsOfResNet50Once) {
  const Plan p = total(StrideAt::first_1x1, 4, "ms", LoopOrder::channel_outer);
  std::uint64_t once = 0;
  for (const Layer& l : resnet50_convolutions(StrideAt::first_1x1, 4))
    once += (l.weight_count() * l.weight_bits + 7) / 8 + 12 * l.out.channels;
  EXPECT_EQ(p.weight_bytes, once);
}

TEST_F(MsPlanTest, ChosenOrderIsNeverSlowerThanAForcedOne) {
  for (const Layer& l : resnet50_convolutions(StrideAt::first_1x1, 4)) {
    const auto cycles = [&](LoopOrder order) {
      const Plan p = plan(l, "ms", order);
      return std::max(static_cast<double>(p.cycles),
                      static_cast<double>(p.weight_bytes) / kDramBytesPerCycle);
    };
    const double chosen = cycles(LoopOrder::automatic);
    EXPECT_LE(chosen, 1.02 * cycles(LoopOrder::pixel_outer));
    EXPECT_LE(chosen, 1.02 * cycles(LoopOrder::channel_outer));
  }
}

TEST_F(MsPlanTest, PlansPromiseWhatTheirSchedulesDo) {
  for (const std::string_view schedule : {"ms", "pingpong-ws", "pingpong-os"})
    for (const Layer& l : resnet50_convolutions(StrideAt::conv_3x3, 4)) {
      const Plan p = plan(l, schedule);
      SCOPED_TRACE(p.reason);
      expect_cover(l, p.tiles);
      const auto steps = mapping.schedule(l);
      std::uint64_t cycles = steps->drain_cycles(), elements = 0, macs = 0;
      for (const Tile& t : p.tiles) {
        const npu::TileSteps part = steps->next(t);
        for (const npu::PixelRun& run : part.runs)
          elements += std::uint64_t{run.count} * t.inputs;
        for (const npu::Step& step : part.steps) {
          cycles += step.compute_cycles;
          macs += step.macs;
          elements += std::uint64_t{step.outputs} * t.channels * (t.first_input == 0 ? 1 : 2);
        }
      }
      EXPECT_EQ(cycles, p.cycles);
      EXPECT_EQ(elements, p.feature_elements);
      EXPECT_EQ(macs, static_cast<std::uint64_t>(l.macs()));
    }
}

TEST_F(MsPlanTest, ResidentWeightsMakeOneTile) {
  const Layer l = square_convolution(56, 64, 64, 3, 1, 4);
  const Plan p = plan(l, "ms");
  EXPECT_EQ(p.order, "resident");
  ASSERT_EQ(p.tiles.size(), 1u);
  EXPECT_EQ(p.weight_bytes, 64u * 576 / 2 + 64 * 12);
}

TEST_F(MsPlanTest, RequestBoundsThePixelsOfATile) {
  const Layer l = square_convolution(14, 256, 1024, 1, 1, 4);
  for (const std::uint32_t most : {1u, 3u, 5u, 13u, 14u, 30u}) {
    PlanRequest request;
    request.schedule = "ms-fused";
    request.pixels_at_once = most;
    request.dram_bytes_per_cycle = kDramBytesPerCycle;
    const Plan p = mapping.plan(l, request);
    expect_cover(l, p.tiles);
    for (const Tile& t : p.tiles)
      EXPECT_LE(t.pixels, most);
  }
}

TEST_F(MsPlanTest, ChannelOuterIsNotChosenWhereTheRingHasNoRoomForIt) {
  const Layer l = square_convolution(14, 256, 1024, 1, 1, 4);
  PlanRequest request;
  request.schedule = "ms";
  request.dram_bytes_per_cycle = kDramBytesPerCycle;
  request.feature_bits = npu::in_feature_bits(l) + npu::out_feature_bits(l);
  EXPECT_EQ(mapping.plan(l, request).order, "channel-outer");
  request.feature_bits -= 1;
  const Plan p = mapping.plan(l, request);
  EXPECT_NE(p.order, "channel-outer");
  EXPECT_LE(npu::peak_live_bits(l, npu::live_from(l), p.tiles), request.feature_bits);
  request.order = LoopOrder::channel_outer;
  EXPECT_THROW(mapping.plan(l, request), PlanRefused);
}

TEST_F(MsPlanTest, WeightsOfOneChannelThatDoNotFitAreRefusedWithBothSizes) {
  npu::Geometry small = npu::ms::defaults();
  small.weight_bytes = 256;
  const npu::ms::MsMapping tight(small);
  for (const std::string_view schedule : {"ms", "pingpong-os"}) {
    PlanRequest request;
    request.schedule = schedule;
    try {
      tight.plan(square_convolution(7, 512, 512, 3, 1, 4), request);
      FAIL() << schedule;
    } catch (const PlanRefused& refused) {
      EXPECT_NE(refused.what.find("2320 bytes"), std::string::npos) << refused.what;
    }
  }
}

TEST_F(MsPlanTest, AccumulatorsBoundTheChannelsOfAStep) {
  npu::Geometry g = npu::ms::defaults();
  g.set("accumulator_bytes", 4 * 48 / 2);  // 4 pixels of 48 4-bit channels
  const Layer l = square_convolution(14, 64, 128, 1, 1, 4);
  const Plan p = npu::ms::MsMapping(g).plan(l, {.schedule = "ms"});
  expect_cover(l, p.tiles);
  for (const Tile& t : p.tiles)
    EXPECT_LE(t.channels, 48u);
  g.set("accumulator_bytes", 1);
  EXPECT_THROW(npu::ms::MsMapping(g).plan(l, {.schedule = "ms"}), PlanRefused);
}

TEST_F(MsPlanTest, BufferHasTheSizeOfItsParts) {
  npu::Geometry g = npu::ms::defaults();
  EXPECT_EQ(g.buffer_bytes, g.at("line_buffer_bytes") + g.at("wide_buffer_bytes"));
  const std::uint32_t hash = g.hash();
  g.set("line_buffer_bytes", 1'000);
  EXPECT_EQ(g.buffer_bytes, 1'000u + 4'096);
  EXPECT_NE(g.hash(), hash);
}

TEST_F(MsPlanTest, ChunksBelow16ChannelsAreUsedWhereTheWeightsOf16DoNotFit) {
  const Layer l = square_convolution(7, 512, 512, 3, 1, 8);  // 73,728 bytes for 16 channels
  const Plan p = plan(l, "ms");
  expect_cover(l, p.tiles);
  for (const Tile& t : p.tiles)
    EXPECT_LE(npu::block_bytes(l, t), npu::ms::defaults().weight_bytes);
}

}  // namespace
}  // namespace cairn
