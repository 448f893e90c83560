// Physical memory protection against an oracle that looks at one byte at a time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cpu/pmp_oracle.hpp"

namespace cairn {
namespace {

using namespace test;

constexpr AccessKind kKinds[] = {AccessKind::kRead, AccessKind::kWrite, AccessKind::kFetch};
constexpr Privilege kModes[] = {Privilege::kUser, Privilege::kMachine};

TEST(HartPmpTest, RandomSettingsAgreeWithAnOracleThatLooksAtEachByte) {
  RandomPmp random(random_seed());
  for (int round = 0; round < 400; ++round) {
    Pmp pmp;
    PmpOracle oracle;
    random.fill(pmp, oracle);
    for (unsigned i = 0; i < 16; ++i) {
      ASSERT_EQ(pmp.address(i), oracle.address[i]) << "round " << round << ", entry " << i;
      ASSERT_EQ(pmp.config(i / 4) >> i % 4 * 8 & 0xff, oracle.config[i]) << "round " << round;
    }
    for (int access = 0; access < 100; ++access) {
      const std::uint32_t addr = random.byte();
      const unsigned bytes = 1u << random.below(3);
      if (std::uint64_t{addr} + bytes > std::uint64_t{1} << 32) continue;
      for (const AccessKind kind : kKinds)
        for (const Privilege mode : kModes)
          ASSERT_EQ(pmp.allows(addr, bytes, kind, mode), oracle.allows(addr, bytes, kind, mode))
              << fmt::format("round {}, {} bytes at {:#x}", round, bytes, addr);
    }
  }
}

TEST(HartPmpTest, AnExtentIsTheLargestRangeWithOneAnswer) {
  RandomPmp random(random_seed());
  for (int round = 0; round < 400; ++round) {
    Pmp pmp;
    PmpOracle oracle;
    random.fill(pmp, oracle);
    for (int i = 0; i < 30; ++i) {
      const std::uint32_t addr = random.byte();
      const AccessKind kind = kKinds[random.below(3)];
      const Privilege mode = kModes[random.below(2)];
      const hart::AddressRange extent = pmp.extent(addr, kind, mode);
      SCOPED_TRACE(
          fmt::format("round {}, {:#x} in {:#x}..{:#x}", round, addr, extent.first, extent.last));
      ASSERT_TRUE(extent.contains(addr));
      const bool whole = mode == Privilege::kUser && kind != AccessKind::kFetch;
      const auto same = [&](std::uint32_t other) {
        return oracle.permits(other, kind, mode) == oracle.permits(addr, kind, mode) &&
               (!whole || oracle.entry(other) == oracle.entry(addr));
      };
      const std::uint32_t bytes = extent.last - extent.first;
      for (std::uint32_t offset = 0; offset <= std::min(bytes, 100u); ++offset)
        ASSERT_TRUE(same(extent.first + offset) && same(extent.last - offset)) << offset;
      if (extent.first != 0) {
        EXPECT_FALSE(same(extent.first - 1));
      }
      if (extent.last != ~0u) {
        EXPECT_FALSE(same(extent.last + 1));
      }
    }
  }
}

TEST(HartPmpTest, AnAccessOverTheTopOfMemoryGoesOnAtZero) {
  Pmp pmp;
  pmp.write_address(0, 1);  // NA4 at 4: the first word stays closed
  pmp.write_address(1, 0x3fff'ffff);
  pmp.write_config(0, 0x1110);
  EXPECT_TRUE(pmp.allows(0xffff'fffc, 4, AccessKind::kRead, Privilege::kUser));
  EXPECT_FALSE(pmp.allows(0xffff'fffe, 4, AccessKind::kRead, Privilege::kUser));
  pmp.write_address(0, 0);
  pmp.write_config(0, 0x1111);
  EXPECT_TRUE(pmp.allows(0xffff'fffe, 4, AccessKind::kRead, Privilege::kUser));
}

}  // namespace
}  // namespace cairn
