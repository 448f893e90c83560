// The noise: its distribution, and that no neighbour has anything to do with another.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "models/npu/cores/cap/macro/conversion.hpp"
#include "models/npu/cores/cap/macro/gaussian.hpp"
#include "models/npu/cores/cap/macro/macro_instance.hpp"

namespace cairn::npu::cap {
namespace {

/// Where a conversion is in the run of a network.
struct Place {
  std::uint64_t inference = 0, pixel = 0;
  std::uint32_t layer = 0, channel = 0;
  int chunk = 0, dac_slice = 0, bit = 0;
};

double noise_at(const Place& at, std::uint64_t seed = 1) {
  const std::uint64_t key =
      noise_pixel_key(noise_layer_key(seed, at.layer, at.inference), at.pixel);
  const EvaluationKey evaluation = evaluation_key(key, at.chunk, at.dac_slice, at.bit);
  return gaussian(noise_bits(evaluation, at.channel)) / 4096.0;
}

/// visit(place) for a million conversions of one layer: 512 pixels, 64 channels, 4 chunks, 2 DAC
/// slices, 4 bits.
void for_each_place(const std::function<void(const Place&)>& visit) {
  Place at;
  for (at.pixel = 0; at.pixel < 512; ++at.pixel)
    for (at.channel = 0; at.channel < 64; ++at.channel)
      for (at.chunk = 0; at.chunk < 4; ++at.chunk)
        for (at.dac_slice = 0; at.dac_slice < 2; ++at.dac_slice)
          for (at.bit = 0; at.bit < 4; ++at.bit)
            visit(at);
}
constexpr double kPlaces = 1 << 20;

TEST(CapNoise, IsGaussianInItsFirstMoments) {
  double sums[5] = {};
  for_each_place([&](const Place& at) {
    const double g = noise_at(at);
    double power = 1;
    for (double& sum : sums)
      sum += power, power *= g;
  });
  ASSERT_EQ(sums[0], kPlaces);
  // Five standard errors of a million normal numbers.
  EXPECT_NEAR(sums[1] / kPlaces, 0, 5 * 0.001);
  EXPECT_NEAR(std::sqrt(sums[2] / kPlaces), 1, 5 * 0.0007);
  EXPECT_NEAR(sums[3] / kPlaces, 0, 5 * 0.0038);
  EXPECT_NEAR(sums[4] / kPlaces, 3, 5 * 0.0096);
}

TEST(CapNoise, HasTheTailsOfAGaussian) {
  double beyond[5] = {};
  for_each_place([&](const Place& at) {
    const double g = std::abs(noise_at(at));
    for (int sigmas = 1; sigmas <= 4; ++sigmas)
      beyond[sigmas] += g > sigmas;
  });
  for (int sigmas = 1; sigmas <= 4; ++sigmas) {
    const double expected = kPlaces * std::erfc(sigmas / std::sqrt(2.0));
    EXPECT_NEAR(beyond[sigmas], expected, 5 * std::sqrt(expected) + 0.02 * expected) << sigmas;
  }
}

TEST(CapNoise, TableIsSymmetricAndRises) {
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    EXPECT_EQ(kQuantiles[i], -kQuantiles[kQuantiles.size() - 1 - i]);
    EXPECT_LE(kQuantiles[i == 0 ? 0 : i - 1], kQuantiles[i]);
  }
}

TEST(CapNoise, NeighboursAreNotCorrelated) {
  const std::pair<const char*, std::function<void(Place&)>> steps[] = {
      {"channel", [](Place& at) { ++at.channel; }},
      {"pixel", [](Place& at) { ++at.pixel; }},
      {"chunk", [](Place& at) { ++at.chunk; }},
      {"DAC slice", [](Place& at) { ++at.dac_slice; }},
      {"bit", [](Place& at) { ++at.bit; }},
      {"layer", [](Place& at) { ++at.layer; }},
      {"inference", [](Place& at) { ++at.inference; }},
      {"16 channels", [](Place& at) { at.channel += 16; }},
      {"layer and inference", [](Place& at) { ++at.layer, --at.inference; }}};
  for (const auto& [name, step] : steps) {
    double products = 0, squares = 0;
    for_each_place([&](const Place& at) {
      Place next = at;
      step(next);
      const double a = noise_at(at), b = noise_at(next);
      products += a * b;
      squares += (a * a - 1) * (b * b - 1);
    });
    EXPECT_LT(std::abs(products / kPlaces), 5 * 0.001) << name;
    EXPECT_LT(std::abs(squares / kPlaces), 5 * 0.002) << name;
  }
}

TEST(CapNoise, SeedsAreNotCorrelated) {
  double products = 0;
  for_each_place([&](const Place& at) { products += noise_at(at, 1) * noise_at(at, 2); });
  EXPECT_LT(std::abs(products / kPlaces), 5 * 0.001);
}

/// The same volts whatever the range: a range of a quarter has four times the noise in codes.
TEST(CapNoise, GrowsInCodesAsTheRangeShrinks) {
  const MacroInstance macro(NonIdealities{}, 1);
  const double at_full = std::hypot(0.02, 0.10);
  for (const Encoding encoding : {Encoding::weighted, Encoding::differential})
    for (const int part : {1, 2, 4, 7, 14, 28, 112}) {
      const int full = full_lsb(encoding, 7, 3);
      const Range range = macro.range(encoding, full / part);
      // In codes: a Gaussian number of one sigma is 2^12, a code 2^16.
      const double sigma =
          std::ldexp(range.noise().multiplier, kSigmaBits - range.noise().shift - kCodeBits);
      EXPECT_NEAR(sigma / (at_full * full / (full / part)), 1, 2e-3) << part;
    }
}

}  // namespace
}  // namespace cairn::npu::cap
