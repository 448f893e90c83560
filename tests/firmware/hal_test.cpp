// The hardware layer's plain functions: CRC and formatted output.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "firmware/hal/console.h"
#include "firmware/hal/crc32.h"

namespace cairn {
namespace {

std::string printed;

void collect(char c) {
  printed += c;
}

class ConsoleTest : public testing::Test {
 protected:
  ConsoleTest() { console_set_output(collect); }
  ~ConsoleTest() override {
    console_set_output(nullptr);
    printed.clear();
  }
};

TEST_F(ConsoleTest, PrintsTextAndCharacters) {
  console_printf("%s-%c-100%%", "core", 'x');
  EXPECT_EQ(printed, "core-x-100%");
}

TEST_F(ConsoleTest, PrintsNumbersWithWidths) {
  console_printf("%d %u %x [%4u] [%04x] %08lx", -12, 34u, 0xbeefu, 7u, 0xau, 0x8000'0000ul);
  EXPECT_EQ(printed, "-12 34 beef [   7] [000a] 80000000");
}

TEST_F(ConsoleTest, PrintsTheSmallestNumber) {
  console_printf("%d %ld", INT32_MIN, 0l);
  EXPECT_EQ(printed, "-2147483648 0");
}

TEST_F(ConsoleTest, AConversionItDoesNotKnowIsPrintedAsItStands) {
  const std::string format = "%q and %";  // not a literal: the compiler would refuse it
  console_printf(format.c_str(), 0);
  EXPECT_EQ(printed, "%q and %");
}

class Crc32Test : public testing::Test {
 protected:
  Crc32Test() { crc32_init(&crc); }
  crc32_t crc{};
};

TEST_F(Crc32Test, HasTheCheckValueOfTheStandard) {
  const std::string text = "123456789";
  EXPECT_EQ(~crc32_update(&crc, CRC32_START, text.data(), text.size()), 0xcbf4'3926u);
}

TEST_F(Crc32Test, IsTheSameHoweverTheBytesAreCutAndAligned) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(1000);
  for (auto& b : bytes)
    b = static_cast<std::uint8_t>(random());
  std::uint32_t bitwise = CRC32_START;
  for (const std::uint8_t b : bytes) {
    bitwise ^= b;
    for (int i = 0; i < 8; ++i)
      bitwise = (bitwise >> 1) ^ ((bitwise & 1) ? 0xedb8'8320u : 0u);
  }
  for (int round = 0; round < 50; ++round) {
    std::uint32_t value = CRC32_START;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t count = std::min<std::size_t>(random() % 70, bytes.size() - at);
      value = crc32_update(&crc, value, &bytes[at], count);
      at += count;
    }
    ASSERT_EQ(value, bitwise);
  }
}

}  // namespace
}  // namespace cairn
