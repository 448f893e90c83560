// Plans of the entry-counting core: what it refuses, what it chooses, what the frame of a network
// takes.
#include <gtest/gtest.h>

#include <string>

#include "models/npu/cores/ec/core.hpp"

namespace cairn {
namespace {

using npu::ec::EcMapping;
using numbers::Layer;
using numbers::Op;

Layer convolution(int size, int in, int out, int kernel, int stride = 1, int bits = 3) {
  Layer l;
  l.op = Op::convolution;
  l.in = {size, size, in};
  l.out = {(size + stride - 1) / stride, (size + stride - 1) / stride, out};
  l.kernel_h = l.kernel_w = kernel;
  l.stride_h = l.stride_w = stride;
  l.pad_top = l.pad_left = (kernel - 1) / 2;
  l.in_type = l.out_type = {bits, false, 0};
  l.weight_bits = bits;
  l.requantisation = numbers::Requantisation::multiply;
  return l;
}

std::string refusal(const char* plan, const Layer& layer) {
  npu::Geometry g = npu::ec::defaults();
  for (npu::GeometryValue& v : g.values)
    if (v.key == "plan")
      for (std::size_t i = 0; i < v.choices.size(); ++i)
        if (v.choices[i] == plan) v.value = static_cast<std::int64_t>(i);
  return EcMapping(g).unsupported(layer);
}

TEST(EcPlanTest, BitPlanesTakeEveryWidth) {
  for (int bits = 1; bits <= 8; ++bits)
    EXPECT_EQ(refusal("bitplane", convolution(8, 4, 4, 3, 1, bits)), "");
}

TEST(EcPlanTest, MagnitudePairsRefuseOperandsAboveFourWithTheReason) {
  Layer l = convolution(8, 4, 4, 3);
  EXPECT_EQ(refusal("magnitude-pairs", l),
            "has features up to a magnitude of 7, but plan 'magnitude-pairs' counts magnitudes up "
            "to 4");
  EXPECT_EQ(refusal("product-classes", l), "");
  l.in_type.is_signed = true;
  EXPECT_EQ(refusal("magnitude-pairs", l), "");
  l.weight_bits = 5;
  EXPECT_EQ(refusal("product-classes", l),
            "has weights up to a magnitude of 16, but plan 'product-classes' counts magnitudes up "
            "to 8");
}

TEST(EcPlanTest, PaddingThatNoEntryCanHoldIsRefused) {
  Layer l = convolution(8, 4, 4, 3);
  l.in_type.zero_point = 9;
  EXPECT_EQ(refusal("bitplane", l),
            "is padded with the zero point 9, which no entry of 3 bits can hold");
  l.kernel_h = l.kernel_w = 1;
  l.pad_top = l.pad_left = 0;
  EXPECT_EQ(refusal("bitplane", l), "");
}

TEST(EcPlanTest, AChannelThatFindsNoRoomIsRefusedWithTheBytes) {
  npu::Geometry g = npu::ec::defaults();
  g.weight_bytes = 64;
  try {
    EcMapping(g).plan(convolution(8, 512, 64, 3), {.schedule = "ec"});
    FAIL();
  } catch (const npu::PlanRefused& refused) {
    EXPECT_NE(refused.what.find("needs 1744 bytes of weight memory"), std::string::npos)
        << refused.what;
  }
}

/// The published macro takes 10.226 cycles for 128 products: ResNet-18 with all its projections,
/// 15,357,856 dot products, takes 1.098 s at 143 MHz where no plane is skipped.
TEST(EcPlanTest, ResNet18TakesThePredictedFrameTimeAtMost) {
  std::vector<Layer> layers{convolution(224, 3, 64, 7, 2)};
  for (int i = 0; i < 4; ++i)
    layers.push_back(convolution(56, 64, 64, 3));
  for (const int channels : {128, 256, 512}) {
    const int size = 56 * 128 / channels;
    layers.push_back(convolution(size, channels / 2, channels, 3, 2));
    layers.push_back(convolution(size, channels / 2, channels, 1, 2));
    for (int i = 0; i < 3; ++i)
      layers.push_back(convolution(size / 2, channels, channels, 3));
  }
  layers.push_back(convolution(1, 512, 1000, 1));
  const EcMapping mapping(npu::ec::defaults());
  std::uint64_t cycles = 0;
  for (const Layer& l : layers)
    cycles += mapping.plan(l, {.schedule = "ec"}).cycles;
  EXPECT_NEAR(static_cast<double>(cycles) / 143e6, 1.0982, 0.0002);
}

TEST(EcPlanTest, WeightsStayForRowsOfPixelsAndActivationsForSinglePixels) {
  const npu::ec::DataflowChoice choice(npu::ec::defaults());
  const Layer wide = convolution(56, 64, 64, 3), single = convolution(1, 512, 1000, 1);
  EXPECT_EQ(choice.of(wide, {0, 3136, 0, 64, 0, 64}),
            (npu::ec::Dataflow{npu::ec::Stationary::weights, 56}));
  EXPECT_EQ(choice.of(single, {0, 1, 0, 100, 0, 512}).stationary, npu::ec::Stationary::activations);
}

}  // namespace
}  // namespace cairn
