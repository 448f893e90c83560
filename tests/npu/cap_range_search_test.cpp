// The search for a layer's range, against the sums counted one by one.
#include <gtest/gtest.h>

#include <cmath>

#include "models/npu/cores/cap/macro/range_search.hpp"
#include "tests/npu/cap_case.hpp"

namespace cairn::npu::cap {
namespace {

using numbers::test::Random;

/// A layer without padding and with unsigned inputs of one DAC slice: its chunks' sums are those of
/// a plain loop.
test::PhysicalCase pointwise_case(bool is_ternary, Random& random) {
  numbers::Layer l;
  l.in = {5, 6, random.in(1, 300)};
  l.out = {5, 6, random.in(1, 40)};
  l.in_type = {3, false, 0};
  l.out_type = {numbers::kAccumulatorBits, true, 0};
  l.weight_bits = is_ternary ? 2 : 3;
  l.weight_encoding =
      is_ternary ? numbers::WeightEncoding::ternary : numbers::WeightEncoding::twos_complement;
  test::PhysicalCase c{random.make(l), {}, {}, 1, 0};
  c.mapping.encoding = is_ternary ? Encoding::differential : Encoding::weighted;
  return c;
}

std::vector<int> sums_of(const test::PhysicalCase& c) {
  const numbers::Layer& l = c.operands.layer;
  std::vector<int> sums;
  for (int pixel = 0; pixel < 30; ++pixel)
    for (int o = 0; o < l.out.channels; ++o)
      for (int bit = 0; bit < planes_of(l, c.mapping.encoding); ++bit)
        for (int chunk = 0; chunk < chunks_of(l); ++chunk) {
          int sum = 0;
          for (int i = chunk * kColumns; i < chunk * kColumns + inputs_of(l, chunk); ++i) {
            const int w = c.operands.weights[static_cast<std::size_t>(o * l.in.channels + i)];
            const int q = c.operands.in[static_cast<std::size_t>(pixel * l.in.channels + i)];
            sum += q * (c.mapping.encoding == Encoding::weighted ? w >> bit & 1 : w);
          }
          sums.push_back(sum);
        }
  return sums;
}

TEST(CapRangeSearch, FindsTheSmallestStepThatClipsFewEnough) {
  Random random(8);
  for (int trial = 0; trial < 40; ++trial) {
    const test::PhysicalCase c = pointwise_case(trial % 2 == 0, random);
    RangeSearch search(c.operands.layer, c.operands.weights, c.mapping.encoding, 3);
    search.add(map_of(c.operands));
    const std::vector<int> sums = sums_of(c);
    ASSERT_EQ(search.conversions(), static_cast<std::int64_t>(sums.size()));
    const bool is_weighted = c.mapping.encoding == Encoding::weighted;
    for (const double clipped : {0.0, 1e-4, 0.1}) {
      const auto clips = [&](int lsb) {
        const auto outside = std::ranges::count_if(sums, [&](int sum) {
          const double code = std::floor(sum * 16.0 / lsb + 0.5) - (is_weighted ? 64 : 0);
          return code < -64 || code > 63;
        });
        return static_cast<double>(outside) > clipped * static_cast<double>(sums.size());
      };
      const int found = search.smallest_lsb(7, clipped);
      EXPECT_FALSE(clips(found)) << "trial " << trial;
      if (found > 1) {
        EXPECT_TRUE(clips(found - 1)) << "trial " << trial;
      }
    }
  }
}

TEST(CapRangeSearch, CountsEveryConversionOfAnyLayer) {
  Random random(9);
  for (int trial = 0; trial < 50; ++trial) {
    const test::PhysicalCase c = test::random_case(6, random);
    const numbers::Layer& layer = c.operands.layer;
    const MacroInstance macro(c.parameters, 1);
    const PhysicalLayer physical(layer, c.operands.weights, {0, layer.out.channels}, c.mapping,
                                 macro);
    RangeSearch search(layer, c.operands.weights, c.mapping.encoding, c.parameters.dac_bits);
    search.add(map_of(c.operands));
    search.add(map_of(c.operands));
    EXPECT_EQ(search.conversions(), 2 * physical.conversions_per_pixel() * layer.out.pixels())
        << c.describe();
    EXPECT_LE(search.smallest_lsb(c.parameters.adc_bits),
              full_lsb(c.mapping.encoding, c.parameters.adc_bits, c.parameters.dac_bits));
  }
}

}  // namespace
}  // namespace cairn::npu::cap
