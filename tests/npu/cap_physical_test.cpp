// CAP-RAM in physical mode: the macro behind the core's kernels, its placement, its seeds.
#include <string>

#include "models/kit/input_error.hpp"
#include "models/npu/cores/cap/physical.hpp"
#include "tests/npu/cap_twin_case.hpp"

namespace cairn {
namespace {

using npu::cap::CapCore;
using numbers::Layer;
using numbers::test::Random;

constexpr std::uint64_t kSeed = 5'201;
constexpr int kLayers = 200;

npu::Geometry without_errors() {
  npu::Geometry g = npu::cap::defaults();
  for (const char* key :
       {"capacitor_mismatch", "ktc_noise", "comparator_noise", "adc_offset", "adc_gain", "adc_inl"})
    g.set(key, 0);
  return g;
}

numbers::test::Case random_case(const CapCore& core, Random& random) {
  Layer layer;
  do {
    layer = random.layer(random.in(1, 9));
  } while (!layer.has_weights() || !core.mapping().unsupported(layer).empty() ||
           layer.macs() > 100'000);
  return random.make(layer);
}

/// Outputs of the layer in one tile, its weights in the cells or with the tile.
std::vector<std::int32_t> outputs_of(const npu::Geometry& geometry, std::uint64_t seed,
                                     const numbers::test::Case& operands, std::uint16_t adc_step,
                                     npu::Launch launch = {}) {
  CapCore core(geometry, {true, seed});
  const Layer& l = operands.layer;
  const npu::CellPlan cells = core.mapping().place_cells(std::span(&l, 1));
  const npu::Tile tile{0,
                       static_cast<std::uint32_t>(l.out.pixels()),
                       0,
                       static_cast<std::uint32_t>(l.out.channels),
                       0,
                       static_cast<std::uint32_t>(l.in.channels),
                       cells.first.front(),
                       adc_step};
  test::CapCase run(core, operands, {tile}, cells, launch);
  run.run_steps();
  return run.outputs();
}

TEST(CapPhysicalTest, WithoutErrorsAndWithinTheRangeOutputsAreExact) {
  RecordProperty("seed", std::to_string(kSeed));
  npu::Geometry g = without_errors();
  g.set("dac_bits", 1);  // 127 inputs of one bit stay within seven bits at a unit a code
  for (int i = 0; i < kLayers && !testing::Test::HasFailure(); ++i) {
    Random random(kSeed + i);
    g.reload = random.chance(50);
    const numbers::test::Case operands = random_case(CapCore(g), random);
    const bool may_clip = npu::cap::encoding_of(operands.layer) == npu::cap::Encoding::weighted &&
                          operands.layer.inputs_per_output() >= npu::cap::kColumns;
    if (may_clip) continue;
    SCOPED_TRACE("seed " + std::to_string(kSeed + i) + ": " +
                 numbers::test::describe(operands.layer));
    EXPECT_EQ(outputs_of(g, 1, operands, 16), numbers::test::reference_of(operands));
  }
}

TEST(CapPhysicalTest, OutputsAreAFunctionOfSeedLayerAndJob) {
  npu::Geometry g = npu::cap::defaults();
  Random random(kSeed);
  Layer layer;
  layer.op = numbers::Op::convolution;
  layer.in = {6, 6, 32};
  layer.out = {6, 6, 24};
  layer.kernel_h = layer.kernel_w = 3;
  layer.pad_top = layer.pad_left = 1;
  layer.in_type = {4, false, 0};
  layer.out_type = {numbers::kAccumulatorBits, true, 0};
  layer.weight_bits = 4;
  layer.requantisation = numbers::Requantisation::none;
  ASSERT_EQ(numbers::invalid(layer), "");
  const numbers::test::Case operands = random.make(layer);
  const auto outputs = outputs_of(g, 7, operands, 0, {2, 1});
  EXPECT_EQ(outputs_of(g, 7, operands, 0, {2, 1}), outputs);
  EXPECT_NE(outputs_of(g, 8, operands, 0, {2, 1}), outputs);
  EXPECT_NE(outputs_of(g, 7, operands, 0, {3, 1}), outputs);
  EXPECT_NE(outputs_of(g, 7, operands, 0, {2, 2}), outputs);
  EXPECT_NE(outputs, numbers::test::reference_of(operands));
  g.set("ktc_noise", 0);
  g.set("comparator_noise", 0);
  EXPECT_EQ(outputs_of(g, 7, operands, 0, {2, 1}), outputs_of(g, 7, operands, 0, {3, 2}))
      << "mismatch is frozen";
}

TEST(CapPhysicalTest, EveryRowOfEveryRandomLayerHasItsPlace) {
  const npu::Geometry g = npu::cap::defaults();
  const npu::cap::MacroSize size(g);
  const npu::cap::NonIdealities parameters = npu::cap::non_idealities(g);
  for (int i = 0; i < kLayers; ++i) {
    Random random(kSeed + i);
    const Layer layer = random_case(CapCore(g), random).layer;
    const auto pieces = npu::cap::pieces_of(layer, {0, layer.out.channels}, size);
    const auto regions = npu::cap::place(pieces, size);
    if (!regions) continue;
    const auto mapping = npu::cap::layer_mapping(layer, {}, pieces, *regions, parameters);
    EXPECT_EQ(npu::cap::invalid(mapping, layer, {0, layer.out.channels}, 7, 3), "")
        << "seed " << kSeed + i;
  }
}

TEST(CapPhysicalTest, ACalibratedRangeIsSmallerThanTheFullOneAndKeepsErrorsSmall) {
  Random random(kSeed);
  Layer layer;
  layer.op = numbers::Op::convolution;
  layer.in = {8, 8, 64};
  layer.out = {8, 8, 32};
  layer.kernel_h = layer.kernel_w = 3;
  layer.pad_top = layer.pad_left = 1;
  layer.in_type = {3, false, 0};
  layer.out_type = {numbers::kAccumulatorBits, true, 0};
  layer.weight_bits = 2;
  layer.weight_encoding = numbers::WeightEncoding::ternary;
  layer.requantisation = numbers::Requantisation::none;
  const numbers::test::Case operands = random.make(layer);
  const npu::Geometry g = npu::cap::defaults();
  const std::uint16_t step = npu::cap::CapMapping(g).adc_step(layer, operands.weights, operands.in);
  EXPECT_GT(step, 0);
  EXPECT_LT(step, 14 * 16);
  const auto expected = numbers::test::reference_of(operands);
  const auto error = [&](std::uint16_t adc_step) {
    const auto outputs = outputs_of(g, 1, operands, adc_step);
    double sum = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i)
      sum += std::abs(static_cast<double>(outputs[i]) - static_cast<double>(expected[i]));
    return sum / static_cast<double>(outputs.size());
  };
  EXPECT_LT(error(step), error(0));
}

TEST(CapPhysicalTest, GeometriesThatTheMacroCannotHaveAreRefused) {
  npu::Geometry g = npu::cap::defaults();
  g.set("rows", 32);
  EXPECT_THROW(CapCore(g, {true, 1}), InputError);
  EXPECT_NO_THROW(CapCore(g, {false, 1}));
  g = npu::cap::defaults();
  g.set("adc_bits", 2);
  EXPECT_THROW(CapCore(g, {true, 1}), InputError);
}

}  // namespace
}  // namespace cairn
