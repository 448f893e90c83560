// Pictures, and damage to any kind of data file.
#include <gtest/gtest.h>

#include <random>

#include "platform/data/idx.hpp"
#include "platform/data/image.hpp"
#include "platform/data/npy.hpp"
#include "tests/platform/data_files.hpp"
#include "tests/platform/input_error.hpp"

namespace cairn::platform {
namespace {

using test::bmp;
using test::Bytes;
using test::bytes_of;
using test::expect_input_error;
using test::idx;
using test::npy;
using test::png_of;

TEST(ImageTest, PngKeepsStoredPixels) {
  const Array grey = parse_png("g.png", png_of(3, 1, PNG_FORMAT_GRAY, {0, 100, 255}));
  EXPECT_EQ(grey.shape, (std::vector<std::uint64_t>{1, 3, 1}));
  EXPECT_EQ(grey.values, (std::vector<double>{0, 100, 255}));
  const Array colour = parse_png("c.png", png_of(1, 1, PNG_FORMAT_RGBA, {10, 20, 30, 128}));
  EXPECT_EQ(colour.values, (std::vector<double>{10, 20, 30}));
}

TEST(ImageTest, BmpIsReadBottomUpAsRedGreenBlue) {
  const Array image = parse_bmp("x.bmp", bmp());
  EXPECT_EQ(image.shape, (std::vector<std::uint64_t>{2, 2, 3}));
  EXPECT_EQ(image.values, (std::vector<double>{3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10}));
}

TEST(ImageTest, PpmAndPgmAreReadAsTextAndBinary) {
  EXPECT_EQ(parse_ppm("x", bytes_of("P2 # grey\n2 1\n# max\n255\n7 8\n")).values,
            (std::vector<double>{7, 8}));
  EXPECT_EQ(parse_ppm("x", bytes_of("P5 2 1 15 \x01\x0f")).values, (std::vector<double>{17, 255}));
  EXPECT_EQ(parse_ppm("x", bytes_of("P6\n1 1\n255\nabc")).shape,
            (std::vector<std::uint64_t>{1, 1, 3}));
  expect_input_error([] { parse_ppm("big.ppm", bytes_of("P6 10000 1000 255 x")); },
                     {"big.ppm", "do not fit"});
  expect_input_error([] { parse_ppm("d.ppm", bytes_of("P6 9 x")); },
                     {"d.ppm", "number is missing"});
}

TEST(ImageTest, ABmpThatDeclaresMoreThanItHasIsRefused) {
  Bytes file = bmp();
  file[20] = 0xff;  // width
  expect_input_error([&] { parse_bmp("x.bmp", file); }, {"x.bmp"});
  file = bmp();
  file.resize(60);
  expect_input_error([&] { parse_bmp("x.bmp", file); }, {"do not fit in a file of 60 bytes"});
}

/// Any bytes end in an array or in an InputError.
TEST(HostileFileTest, RandomDamageNeverGetsFurtherThanAnInputError) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<Bytes> originals{
      npy("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }", std::string(12, 'a')),
      idx(8, {2, 3}, "abcdef"), bmp(), bytes_of("P3 2 1 255 1 2 3 4 5 6\n"),
      png_of(4, 4, PNG_FORMAT_RGB, Bytes(48, 99))};
  std::size_t refused = 0;
  for (int round = 0; round < 5000; ++round) {
    Bytes file = originals[random() % originals.size()];
    for (unsigned i = 0; i <= random() % 4; ++i)
      file[random() % file.size()] = static_cast<std::uint8_t>(random());
    if (random() % 3 == 0) file.resize(random() % (file.size() + 1));
    for (const auto& parse : {parse_npy, parse_idx, parse_bmp, parse_ppm, parse_png}) {
      try {
        const Array array = parse("x", file);
        EXPECT_EQ(array.values.size(), checked_elements("x", array.shape));
      } catch (const InputError&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 5000u);
}

}  // namespace
}  // namespace cairn::platform
