// The fast kernels of the macro against the oracle, on random layers, places and instances.
#include <gtest/gtest.h>

#include <memory>
#include <span>

#include "tests/npu/cap_case.hpp"

namespace cairn::npu::cap {
namespace {

using numbers::ChannelRange;
using numbers::InstructionSet;
using numbers::test::Random;
using test::PhysicalCase;

std::vector<std::int32_t> run(const PhysicalCase& c, const MacroInstance& macro,
                              InstructionSet instructions, numbers::Workers* workers = nullptr) {
  const numbers::Layer& layer = c.operands.layer;
  const PhysicalLayer fast(layer, c.operands.weights, {0, layer.out.channels}, c.mapping, macro,
                           instructions, workers);
  std::vector<std::int32_t> out(static_cast<std::size_t>(layer.out.elements()), -7777);
  std::uint64_t overflows = 0;
  fast.run(map_of(c.operands), 0, layer.out.pixels(), c.inference, out, layer.out.channels,
           &overflows);
  EXPECT_EQ(overflows, 0);
  return out;
}

class FastAgainstOracle : public testing::TestWithParam<int> {};

/// Oracle outputs that are looked at in each layer: it computes one at a time.
constexpr int kOutputs = 8;

TEST_P(FastAgainstOracle, RandomLayersEqualBitForBit) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (int trial = 0; trial < 300; ++trial) {
    const PhysicalCase c = test::random_case(trial % 10 == 0 ? 12 : 4, random);
    SCOPED_TRACE("trial " + std::to_string(trial) + ": " + c.describe());
    const MacroInstance macro(c.parameters, c.seed);
    const std::vector<std::int32_t> portable = run(c, macro, InstructionSet::portable);
    for (const InstructionSet instructions : numbers::kInstructionSets) {
      if (!has_instruction_set(instructions)) continue;
      ASSERT_EQ(run(c, macro, instructions), portable) << name_of(instructions);
    }
    const numbers::Layer& layer = c.operands.layer;
    const PhysicalRun slow{macro, layer, c.mapping, c.operands.in, c.operands.weights, c.inference};
    for (int i = 0; i < kOutputs; ++i) {
      const int pixel = random.in(0, static_cast<int>(layer.out.pixels()) - 1);
      const int channel = random.in(0, layer.out.channels - 1);
      ASSERT_EQ(portable[static_cast<std::size_t>(pixel * layer.out.channels + channel)],
                oracle(slow, pixel, channel))
          << "pixel " << pixel << " channel " << channel;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, FastAgainstOracle, testing::Range(1, 5));

TEST(PhysicalLayer, PiecesOfPixelsAndChannelsGiveWhatTheWholeGives) {
  Random random(21);
  for (int trial = 0; trial < 100; ++trial) {
    const PhysicalCase c = test::random_case(8, random);
    SCOPED_TRACE(c.describe());
    const MacroInstance macro(c.parameters, c.seed);
    const std::vector<std::int32_t> whole = run(c, macro, numbers::best_instruction_set());
    const numbers::Layer& layer = c.operands.layer;
    const numbers::FeatureMap map = map_of(c.operands);
    ChannelRange channels{random.in(0, layer.out.channels - 1), 0};
    channels.count = random.in(1, layer.out.channels - channels.first);
    const int first = random.in(0, static_cast<int>(layer.out.pixels()) - 1);
    const int count = random.in(1, static_cast<int>(layer.out.pixels()) - first);
    const auto inputs = static_cast<std::size_t>(layer.inputs_per_output());
    const PhysicalLayer part(
        layer,
        std::span(c.operands.weights).subspan(channels.first * inputs, channels.count * inputs),
        channels, c.mapping, macro);
    const std::int64_t pitch = channels.count + random.in(0, 3);
    std::vector<std::int32_t> sums(static_cast<std::size_t>(count * pitch), -7777);
    part.run(map, first, count, c.inference, sums, pitch, nullptr);
    for (int p = 0; p < count; ++p)
      for (int o = 0; o < pitch; ++o) {
        const auto at =
            static_cast<std::size_t>((first + p) * layer.out.channels + channels.first + o);
        ASSERT_EQ(sums[static_cast<std::size_t>(p * pitch + o)],
                  o < channels.count ? whole[at] : -7777);
      }
  }
}

numbers::Layer large_layer(int outputs) {
  numbers::Layer layer;
  layer.in = {14, 14, 70};
  layer.out = {14, 14, outputs};
  layer.kernel_h = layer.kernel_w = 3;
  layer.pad_top = layer.pad_left = 1;
  layer.in_type = {4, false, 3};
  layer.out_type = {numbers::kAccumulatorBits, true, 0};
  layer.weight_bits = 4;
  return layer;
}

PhysicalCase large_case(Random& random, int outputs = 90) {
  PhysicalCase c{random.make(large_layer(outputs)), {}, {}, 5, 0};
  c.mapping.lsb = 40;
  c.mapping.rectangles = test::random_places(c.operands.layer, c.mapping.encoding, kRows, random);
  return c;
}

TEST(PhysicalLayer, ThreadsMakeNoDifference) {
  Random random(3);
  for (const int outputs : {3, 40, 90}) {
    const PhysicalCase c = large_case(random, outputs);
    const MacroInstance macro(c.parameters, c.seed);
    const auto alone = run(c, macro, numbers::best_instruction_set());
    for (const int threads : {1, 2, 3, 7, 16}) {
      numbers::Workers workers(threads);
      EXPECT_EQ(run(c, macro, numbers::best_instruction_set(), &workers), alone)
          << threads << " threads, " << outputs << " outputs";
    }
  }
}

TEST(PhysicalLayer, InferencesAndSeedsHaveNoiseOfTheirOwn) {
  Random random(4);
  PhysicalCase c = large_case(random);
  const MacroInstance macro(c.parameters, c.seed);
  const auto first = run(c, macro, numbers::best_instruction_set());
  EXPECT_EQ(run(c, macro, numbers::best_instruction_set()), first);
  c.inference = 1;
  EXPECT_NE(run(c, macro, numbers::best_instruction_set()), first);
  c.inference = 0;
  c.mapping.layer = 1;
  EXPECT_NE(run(c, macro, numbers::best_instruction_set()), first);
  NonIdealities quiet = c.parameters;
  quiet.ktc_noise = quiet.comparator_noise = 0;
  const MacroInstance still(quiet, c.seed);
  const auto without = run(c, still, numbers::best_instruction_set());
  c.inference = 2;
  EXPECT_EQ(run(c, still, numbers::best_instruction_set()), without);
}

/// An ideal macro whose range no chunk leaves, in steps of one unit: nothing is lost.
TEST(PhysicalLayer, IdealMacroIsExactWithinItsRange) {
  Random random(5);
  int checked = 0;
  while (checked < 200) {
    PhysicalCase c = test::random_case(6, random);
    c.parameters = c.parameters.ideal();
    const int levels = (1 << c.parameters.dac_bits) - 1;
    const int half = 1 << (c.parameters.adc_bits - 1);
    const int span = std::min(kColumns, c.operands.layer.inputs_per_output()) * levels;
    const bool is_weighted = c.mapping.encoding == Encoding::weighted;
    if (span > (is_weighted ? 2 * half : half) - 1) continue;
    c.mapping.lsb = kSteps;
    if (full_lsb(c.mapping.encoding, c.parameters.adc_bits, c.parameters.dac_bits) < kSteps)
      continue;
    SCOPED_TRACE(c.describe());
    const MacroInstance macro(c.parameters, c.seed);
    c.operands.table = {};
    c.operands.table.bias.assign(static_cast<std::size_t>(c.operands.layer.out.channels), 0);
    ASSERT_EQ(run(c, macro, numbers::best_instruction_set()), reference_of(c.operands));
    ++checked;
  }
}

TEST(PhysicalLayer, RefusesWhatTheMacroCannotHold) {
  Random random(6);
  const PhysicalCase good = large_case(random);
  const MacroInstance macro(good.parameters, 1);
  const auto make = [&](const PhysicalCase& c) {
    const int channels = c.operands.layer.out.channels;
    return PhysicalLayer(c.operands.layer, c.operands.weights, {0, channels}, c.mapping, macro);
  };
  EXPECT_NO_THROW(make(good));
  PhysicalCase c = good;
  c.mapping.rectangles.pop_back();
  EXPECT_THROW(make(c), std::invalid_argument);
  c = good;
  c.mapping.rectangles.push_back(c.mapping.rectangles.front());
  EXPECT_THROW(make(c), std::invalid_argument);
  c = good;
  c.mapping.rectangles.front().first_column = kColumns - 1;
  EXPECT_THROW(make(c), std::invalid_argument);
  c = good;
  c.mapping.lsb = 7 * kSteps + 1;
  EXPECT_THROW(make(c), std::invalid_argument);
  c = good;
  c.mapping.encoding = Encoding::differential;
  EXPECT_THROW(make(c), std::invalid_argument);
  c = good;
  c.operands.layer.in_type.zero_point = -1;
  EXPECT_THROW(make(c), std::invalid_argument);
}

}  // namespace
}  // namespace cairn::npu::cap
