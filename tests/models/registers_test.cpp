// The register file: access rules, hooks, debug side, arrays.
#include "models/kit/registers.hpp"

#include <gtest/gtest.h>

namespace cairn::kit {
namespace {

struct mixed {
  static constexpr std::uint32_t offset = 0x4;
  using all = Field<mixed, 0, 32>;
  using ro = Field<mixed, 0, 8>;
  using rw = Field<mixed, 8, 8>;
  using w1c = Field<mixed, 16, 8>;
  using wo = Field<mixed, 24, 8>;
};
struct element {
  static constexpr std::uint32_t count = 2;
  static constexpr std::uint32_t stride = 0x10;
  static constexpr std::uint32_t offset(std::uint32_t i) { return 0x20'0000 + i * stride; }
  using value = Field<element, 0, 32>;
};
constexpr RegisterSpec kSpecs[] = {
    {"element[1]", 0x20'0010, 0, ~0u, ~0u, 0},
    {"mixed", 0x4, 0x0000'0033, 0x00ff'ffff, 0xff00'ff00, 0x00ff'0000},
    {"element[0]", 0x20'0000, 0, ~0u, ~0u, 0},
};

class RegistersTest : public testing::Test {
 protected:
  RegisterFile regs{kSpecs};
  std::uint32_t value = 0;
};

TEST_F(RegistersTest, BusAccessesObeyTheRules) {
  regs.set<mixed::w1c>(0xff);
  EXPECT_TRUE(regs.bus_write(mixed::offset, 0xaa0f'55cc));
  EXPECT_TRUE(regs.bus_read(mixed::offset, value));
  EXPECT_EQ(value, 0x00f0'5533u);
  EXPECT_EQ(regs.get<mixed::wo>(), 0xaau) << "the model sees write-only bits";
}

TEST_F(RegistersTest, OffsetsBesideARegisterAreHoles) {
  for (const std::uint32_t hole : {0x0u, 0x5u, 0x8u, 0x1000u, 0x20'0004u, 0xffff'fffcu}) {
    EXPECT_FALSE(regs.bus_read(hole, value)) << hole;
    EXPECT_FALSE(regs.bus_write(hole, 0)) << hole;
    EXPECT_FALSE(regs.peek(hole, value)) << hole;
    EXPECT_FALSE(regs.poke(hole, 0)) << hole;
    EXPECT_EQ(regs.name_at(hole), nullptr) << hole;
  }
  EXPECT_STREQ(regs.name_at(0x20'0010), "element[1]");
}

TEST_F(RegistersTest, ElementsOfAnArrayAreApart) {
  regs.set<element::value>(1, 7);
  int hooks = 0;
  regs.after_write<element>(1, [&] { ++hooks; });
  EXPECT_EQ(regs.get<element::value>(0), 0u);
  EXPECT_TRUE(regs.bus_write(element::offset(0), 5));
  EXPECT_EQ(hooks, 0);
  EXPECT_TRUE(regs.bus_write(element::offset(1), 6));
  EXPECT_EQ(hooks, 1);
  EXPECT_EQ(regs.word<element>(0), 5u);
  EXPECT_EQ(regs.word<element>(1), 6u);
}

TEST_F(RegistersTest, PeekAndPokeRunNoHook) {
  int effects = 0;
  regs.computed<mixed>([] { return 0x1234'5678u; });
  regs.after_read<mixed>([&] { ++effects; });
  regs.before_read<mixed>([&] { ++effects; });
  regs.after_write<mixed>([&] { ++effects; });
  EXPECT_TRUE(regs.peek(mixed::offset, value));
  EXPECT_EQ(value, 0x0034'5678u);
  EXPECT_TRUE(regs.poke(mixed::offset, ~0u));
  EXPECT_EQ(effects, 0);
  EXPECT_EQ(regs.get<mixed::all>(), 0xff00'ff33u) << "only writable bits are stored";
  EXPECT_TRUE(regs.bus_read(mixed::offset, value));
  EXPECT_EQ(effects, 2);
}

TEST_F(RegistersTest, TheSideEffectOfAReadComesAfterItsValue) {
  regs.after_read<element>(0, [&] { regs.set<element::value>(0, 2); });
  regs.set<element::value>(0, 1);
  EXPECT_TRUE(regs.bus_read(element::offset(0), value));
  EXPECT_EQ(value, 1u);
  EXPECT_TRUE(regs.peek(element::offset(0), value));
  EXPECT_EQ(value, 2u);
}

TEST_F(RegistersTest, CountsTheBusAccessesOfEachRegister) {
  EXPECT_TRUE(regs.bus_read(mixed::offset, value));
  EXPECT_TRUE(regs.bus_write(element::offset(1), 0));
  EXPECT_TRUE(regs.peek(element::offset(0), value));
  const auto uses = regs.uses();
  ASSERT_EQ(uses.size(), 3u);
  EXPECT_STREQ(uses[0].name, "mixed");
  EXPECT_EQ(uses[0].reads, 1u);
  EXPECT_EQ(uses[1].reads + uses[1].writes, 0u);
  EXPECT_EQ(uses[2].writes, 1u);
}

TEST_F(RegistersTest, ResetBringsBackTheResetValues) {
  EXPECT_TRUE(regs.bus_write(mixed::offset, ~0u));
  regs.reset();
  EXPECT_EQ(regs.get<mixed::all>(), 0x33u);
}

}  // namespace
}  // namespace cairn::kit
