// Inputs: layouts, ranges, pixels.
#include <gtest/gtest.h>

#include <algorithm>

#include "platform/run/samples.hpp"
#include "tests/platform/input_error.hpp"

namespace cairn::platform {
namespace {

using test::expect_input_error;

/// 2 x 2 pixels of 3 channels, 8 bits.
compiler::Network colour_network() {
  compiler::Network n;
  n.name = "colour";
  n.input = {2, 2, 3};
  n.layers.resize(1);
  return n;
}

std::vector<double> counting(std::size_t n) {
  std::vector<double> out(n);
  for (std::size_t i = 0; i < n; ++i)
    out[i] = static_cast<double>(i);
  return out;
}

TEST(SamplesTest, ChannelsFirstBecomesChannelsLast) {
  const Samples s =
      make_samples({{1, 3, 2, 2}, counting(12), Meaning::kIntegers}, "x", colour_network(), 1, {});
  EXPECT_EQ(s.values, (std::vector<std::int16_t>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
}

TEST(SamplesTest, ChannelsLastStays) {
  const Samples s =
      make_samples({{2, 2, 2, 3}, counting(24), Meaning::kIntegers}, "x", colour_network(), 2, {});
  EXPECT_EQ(s.values.size(), 24u);
  EXPECT_EQ(s.at(1)[0], 12);
}

TEST(SamplesTest, RealsAreQuantisedWithTheNetworksScale) {
  compiler::Network n = colour_network();
  n.input = {1, 1, 4};
  n.input_scale = 0.5;
  const Samples s = make_samples({{4}, {0.2, 0.3, 1.0, 1000}, Meaning::kReals}, "x", n, 1, {});
  EXPECT_EQ(s.values, (std::vector<std::int16_t>{0, 1, 2, 255}));
}

TEST(SamplesTest, IntegersOutOfTheNetworksRangeAreRefused) {
  expect_input_error(
      [] {
        make_samples({{2, 2, 3}, std::vector<double>(12, 256), Meaning::kIntegers}, "x.npy",
                     colour_network(), 1, {});
      },
      {"x.npy", "256", "0 to 255"});
}

TEST(SamplesTest, PixelsOfASignedInputAreShifted) {
  compiler::Network n = colour_network();
  n.input_type = {8, true, -128};
  n.input_low = -128;
  n.input_high = 127;
  const Samples s =
      make_samples({{2, 2, 3}, std::vector<double>(12, 255), Meaning::kPixels}, "x.png", n, 1, {});
  EXPECT_EQ(s.values[0], 127);
}

TEST(SamplesTest, PixelsOfANarrowInputNeedADescription) {
  compiler::Network n = colour_network();
  n.input_type.bits = 2;
  n.input_high = 3;
  const Array white{{2, 2, 3}, std::vector<double>(12, 255), Meaning::kPixels};
  expect_input_error([&] { make_samples(white, "x.png", n, 1, {}); }, {"x.png", "2 bits", ".npy"});
  EXPECT_EQ(make_samples(white, "x.png", n, 1, PixelMapping{2 / 255.0, 0}).values[0], 2);
}

TEST(SamplesTest, PicturesChangeBetweenGreyAndColour) {
  const Samples colour =
      make_samples({{2, 2, 1}, {9, 8, 7, 6}, Meaning::kPixels}, "g.png", colour_network(), 1, {});
  EXPECT_EQ(colour.values, (std::vector<std::int16_t>{9, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6}));
  compiler::Network n = colour_network();
  n.input = {1, 1, 1};
  const Samples grey =
      make_samples({{1, 1, 3}, {200, 200, 200}, Meaning::kPixels}, "c.png", n, 1, {});
  EXPECT_EQ(grey.values, (std::vector<std::int16_t>{200}));
}

TEST(SamplesTest, AWrongShapeSaysWhatWasExpected) {
  expect_input_error(
      [] {
        sample_count({{5, 5}, std::vector<double>(25), Meaning::kPixels}, "x.idx",
                     colour_network());
      },
      {"x.idx", "[5, 5]", "[N, 2, 2, 3] or [N, 3, 2, 2]"});
}

TEST(SamplesTest, RandomInputsCoverTheRangeAndDependOnTheSeedAlone) {
  compiler::Network n = colour_network();
  n.input_low = 2;
  n.input_high = 4;
  const Samples a = random_samples(n, 100, 7), b = random_samples(n, 50, 7);
  EXPECT_TRUE(std::equal(b.values.begin(), b.values.end(), a.values.begin()));
  EXPECT_NE(random_samples(n, 100, 8).values, a.values);
  for (const int v : {2, 3, 4})
    EXPECT_GT(std::count(a.values.begin(), a.values.end(), v), 300);
  EXPECT_EQ(*std::min_element(a.values.begin(), a.values.end()), 2);
  EXPECT_EQ(*std::max_element(a.values.begin(), a.values.end()), 4);
}

}  // namespace
}  // namespace cairn::platform
