// The address map: decoding and what it refuses.
#include "models/bus/address_map.hpp"

#include <gtest/gtest.h>

#include <random>

#include "models/kit/input_error.hpp"

namespace cairn {
namespace {

std::string message_of(AddressMap& map, const BusRegion& region) {
  try {
    map.add(region);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(AddressMapTest, FindsTheRegionWhateverTheOrderOfAdding) {
  AddressMap map;
  map.add({0x8000'0000, 0x1000, "dram", 0});
  map.add({0x1000, 0x100, "uart0", 1});
  map.add({0x1100, 0x100, "plic", 2});
  std::size_t hint = 0;
  EXPECT_EQ(map.find(0x1000, 4, hint)->target, "uart0");
  EXPECT_EQ(map.find(0x11fc, 4, hint)->target, "plic");
  EXPECT_EQ(map.find(0x8000'0fff, 1, hint)->target, "dram");
  EXPECT_EQ(map.find(0xfff, 1, hint), nullptr);
  EXPECT_EQ(map.find(0x1200, 1, hint), nullptr);
}

TEST(AddressMapTest, RefusesAnAccessThatCrossesTheEndOfARegion) {
  AddressMap map;
  map.add({0x1000, 0x100, "a", 0});
  map.add({0x1100, 0x100, "b", 1});
  std::size_t hint = 0;
  EXPECT_NE(map.find(0x10fc, 4, hint), nullptr);
  EXPECT_EQ(map.find(0x10fc, 8, hint), nullptr);
}

TEST(AddressMapTest, HoldsTheLastByteOf64Bits) {
  AddressMap map;
  map.add({~std::uint64_t{0} - 0xff, 0x100, "top", 0});
  std::size_t hint = 0;
  EXPECT_NE(map.find(~std::uint64_t{0}, 1, hint), nullptr);
  EXPECT_EQ(map.find(~std::uint64_t{0}, 2, hint), nullptr);
}

TEST(AddressMapTest, NamesBothSidesOfAnOverlap) {
  AddressMap map;
  map.add({0x1000, 0x1000, "npu0.features", 0});
  EXPECT_EQ(message_of(map, {0x1fff, 0x10, "npu0.weights", 1}),
            "npu0.weights at 0x1fff..0x200e overlaps npu0.features at 0x1000..0x1fff");
  EXPECT_EQ(message_of(map, {0x2000, 0x10, "npu0.weights", 1}), "");
}

TEST(AddressMapTest, RefusesAnEmptyRegionAndOneBeyond64Bits) {
  AddressMap map;
  EXPECT_NE(message_of(map, {0x1000, 0, "empty", 0}).find("empty"), std::string::npos);
  EXPECT_NE(message_of(map, {~std::uint64_t{0}, 2, "wide", 0}).find("wide"), std::string::npos);
}

TEST(AddressMapTest, RandomAddressesDecodeAsALinearSearchDoes) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  AddressMap map;
  std::uint64_t base = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    base += random() % 64;
    const std::uint64_t bytes = 1 + random() % 64;
    map.add({base, bytes, std::to_string(i), i});
    base += bytes;
  }
  std::size_t hint = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t address = random() % (base + 64);
    const std::uint64_t count = 1 + random() % 16;
    const BusRegion* expected = nullptr;
    for (const BusRegion& r : map.regions())
      if (r.holds(address, count)) expected = &r;
    ASSERT_EQ(map.find(address, count, hint), expected) << address << " + " << count;
  }
}

}  // namespace
}  // namespace cairn
