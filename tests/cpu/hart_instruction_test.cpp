// Every instruction against a formula of its own, over edge cases and random operands.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using Word = std::uint32_t;
using Formula = std::function<Word(Word, Word)>;

std::int64_t sx(Word value) {
  return value < 0x8000'0000u ? value : std::int64_t{value} - (1LL << 32);
}
Word lo(std::int64_t value) {
  return static_cast<Word>(value & 0xffff'ffff);
}

constexpr std::uint32_t kSeed = 7;

std::vector<Word> operands() {
  std::vector<Word> values{
      0,    1,    2,           3,           31,          32,          33,          0x7f,
      0x80, 0xff, 0x7fff'ffff, 0x8000'0000, 0x8000'0001, 0xffff'fffe, 0xffff'ffff, 0xaaaa'aaaa};
  std::mt19937 random(kSeed);
  for (int i = 0; i < 24; ++i)
    values.push_back(static_cast<Word>(random()));
  return values;
}

struct Case {
  const char* name;
  Word funct7, funct3;
  Formula formula;
};

std::int64_t floor_shift(Word a, Word by) {
  const std::int64_t unit = std::int64_t{1} << (by % 32);
  std::int64_t quotient = sx(a) / unit;
  if (sx(a) % unit < 0) --quotient;
  return quotient;
}

std::vector<Case> register_cases() {
  return {
      {"add", 0, 0, [](Word a, Word b) { return lo(sx(a) + sx(b)); }},
      {"sub", 32, 0, [](Word a, Word b) { return lo(sx(a) - sx(b)); }},
      {"sll", 0, 1, [](Word a, Word b) { return lo(std::int64_t{a} << (b % 32)); }},
      {"slt", 0, 2, [](Word a, Word b) { return Word{sx(a) < sx(b)}; }},
      {"sltu", 0, 3, [](Word a, Word b) { return Word{a < b}; }},
      {"xor", 0, 4, [](Word a, Word b) { return (a | b) - (a & b); }},
      {"srl", 0, 5, [](Word a, Word b) { return Word(a / (1ULL << (b % 32))); }},
      {"sra", 32, 5, [](Word a, Word b) { return lo(floor_shift(a, b)); }},
      {"or", 0, 6, [](Word a, Word b) { return ~(~a & ~b); }},
      {"and", 0, 7, [](Word a, Word b) { return ~(~a | ~b); }},
      {"mul", 1, 0, [](Word a, Word b) { return lo(sx(a) * sx(b)); }},
      {"mulh", 1, 1, [](Word a, Word b) { return Word(sx(a) * sx(b) >> 32); }},
      {"mulhsu", 1, 2, [](Word a, Word b) { return Word(sx(a) * std::int64_t{b} >> 32); }},
      {"mulhu", 1, 3, [](Word a, Word b) { return Word(std::uint64_t{a} * b >> 32); }},
      {"div", 1, 4, [](Word a, Word b) { return b == 0 ? ~0u : lo(sx(a) / sx(b)); }},
      {"divu", 1, 5, [](Word a, Word b) { return b == 0 ? ~0u : a / b; }},
      {"rem", 1, 6, [](Word a, Word b) { return b == 0 ? a : lo(sx(a) % sx(b)); }},
      {"remu", 1, 7, [](Word a, Word b) { return b == 0 ? a : a % b; }},
  };
}

TEST(HartInstructionTest, RegisterOperationsFollowTheirFormulas) {
  TestMachine machine;
  for (const Case& c : register_cases()) {
    machine.program({r_type(0x33, c.funct3, c.funct7, 5, 6, 7)});
    machine.hart.reset(kRamBase, 0, 0);
    for (const Word a : operands())
      for (const Word b : operands()) {
        machine.hart.set_pc(kRamBase);
        machine.hart.set_x(6, a);
        machine.hart.set_x(7, b);
        ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
        ASSERT_EQ(machine.hart.x(5), c.formula(a, b))
            << fmt::format("{} {:#x}, {:#x}", c.name, a, b);
      }
  }
}

TEST(HartInstructionTest, ImmediateOperationsSignExtendTwelveBits) {
  TestMachine machine;
  for (const Case& c : register_cases()) {
    const bool shift = c.funct3 == 1 || c.funct3 == 5;
    if (c.funct7 == 1 || std::string(c.name) == "sub") continue;
    for (const int imm : {0, 1, 5, 31, 32, 2047, -1, -2, -2048, -1366}) {
      if (shift && (imm < 0 || imm > 31)) continue;
      const int bits = shift ? imm | static_cast<int>(c.funct7 << 5) : imm;
      machine.program({i_type(0x13, c.funct3, 5, 6, bits)});
      machine.hart.reset(kRamBase, 0, 0);
      for (const Word a : operands()) {
        machine.hart.set_pc(kRamBase);
        machine.hart.set_x(6, a);
        ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
        ASSERT_EQ(machine.hart.x(5), c.formula(a, static_cast<Word>(imm)))
            << fmt::format("{}i {:#x}, {}", c.name, a, imm);
      }
    }
  }
}

TEST(HartInstructionTest, BranchesGoToTheirTargetExactlyWhenTheConditionHolds) {
  TestMachine machine;
  const std::vector<std::pair<Word, std::function<bool(Word, Word)>>> conditions{
      {0, [](Word a, Word b) { return a == b; }},
      {1, [](Word a, Word b) { return a != b; }},
      {4, [](Word a, Word b) { return sx(a) < sx(b); }},
      {5, [](Word a, Word b) { return sx(a) >= sx(b); }},
      {6, [](Word a, Word b) { return a < b; }},
      {7, [](Word a, Word b) { return a >= b; }}};
  constexpr Word kStart = kRamBase + 0x8000;
  for (const auto& [funct3, condition] : conditions)
    for (const int distance : {-4096, -2, 2, 6, 1366, 4094}) {
      machine.put(kStart, b_type(funct3, 6, 7, distance));
      machine.hart.reset(kStart, 0, 0);
      for (const Word a : operands())
        for (const Word b : {a, Word{0}, Word{1}, Word{0x8000'0000}, ~a}) {
          machine.hart.set_pc(kStart);
          machine.hart.set_x(6, a);
          machine.hart.set_x(7, b);
          ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
          ASSERT_EQ(machine.hart.pc(), kStart + (condition(a, b) ? Word(distance) : 4u));
        }
    }
}

TEST(HartInstructionTest, JumpsLinkAndClearTheLowestBit) {
  TestMachine machine;
  constexpr Word kStart = kRamBase + 0x8000;
  for (const int distance : {-32768, -2, 8, 0x5a5a, 0x7fffe}) {
    machine.put(kStart, jal(1, distance));
    machine.hart.reset(kStart, 0, 0);
    ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
    EXPECT_EQ(machine.hart.pc(), kStart + Word(distance));
    EXPECT_EQ(machine.hart.x(1), kStart + 4);
  }
  machine.put(kStart, jalr(5, 5, -3));  // the target is read before the link is written
  machine.hart.reset(kStart, 0, 0);
  machine.hart.set_x(5, kRamBase + 0x104);
  ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
  EXPECT_EQ(machine.hart.pc(), kRamBase + 0x100);
  EXPECT_EQ(machine.hart.x(5), kStart + 4);
}

TEST(HartInstructionTest, UpperImmediatesAndWritesToX0) {
  TestMachine machine;
  machine.program(
      {lui(5, 0xabcde000), lui(6, 0xfffff000) - 0x20 /* auipc */, addi(0, 5, 1), add(7, 0, 0)});
  ASSERT_EQ(machine.run(4), hart::Stop::kLimit);
  EXPECT_EQ(machine.hart.x(5), 0xabcd'e000u);
  EXPECT_EQ(machine.hart.x(6), kRamBase + 4 - 0x1000);
  EXPECT_EQ(machine.hart.x(0), 0u);
  EXPECT_EQ(machine.hart.x(7), 0u);
}

TEST(HartInstructionTest, LoadsExtendAndStoresCutAtEveryAlignment) {
  TestMachine machine;
  constexpr Word kData = kRamBase + 0x2000;
  for (Word i = 0; i < 16; ++i)
    machine.ram[0x2000 + i] = static_cast<std::uint8_t>(0x71 + 29 * i);
  const auto byte = [&](Word addr) { return Word{machine.ram[addr - kRamBase]}; };
  for (Word misalign = 0; misalign < 8; ++misalign) {
    const Word at = kData + misalign;
    const Word half = byte(at) | byte(at + 1) << 8;
    const Word word = half | byte(at + 2) << 16 | byte(at + 3) << 24;
    const Word expected[] = {byte(at) | (byte(at) & 0x80 ? 0xffff'ff00u : 0),
                             half | (half & 0x8000 ? 0xffff'0000u : 0),
                             word,
                             0,
                             byte(at),
                             half};
    for (const Word funct3 : {0u, 1u, 2u, 4u, 5u}) {
      machine.program({i_type(0x03, funct3, 5, 6, -5)});
      machine.hart.reset(kRamBase, 0, 0);
      machine.hart.set_x(6, at + 5);
      ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
      EXPECT_EQ(machine.hart.x(5), expected[funct3]) << funct3 << " at " << misalign;
    }
    for (const Word funct3 : {0u, 1u, 2u}) {
      machine.program({s_type(funct3, 6, 7, 5)});
      machine.put(at & ~3u, 0);
      machine.put((at & ~3u) + 4, 0);
      machine.hart.reset(kRamBase, 0, 0);
      machine.hart.set_x(6, at - 5);
      machine.hart.set_x(7, 0x8899'aabb);
      ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
      Word stored = 0;
      std::memcpy(&stored, &machine.ram[at - kRamBase], 4);
      EXPECT_EQ(stored, funct3 == 0 ? 0xbbu : funct3 == 1 ? 0xaabbu : 0x8899'aabbu);
    }
  }
}

TEST(HartInstructionTest, AtomicsReturnTheOldWordAndStoreTheirFormula) {
  TestMachine machine;
  const std::vector<std::pair<Word, Formula>> cases{
      {0x01, [](Word, Word b) { return b; }},
      {0x00, [](Word a, Word b) { return a + b; }},
      {0x04, [](Word a, Word b) { return (a | b) - (a & b); }},
      {0x0c, [](Word a, Word b) { return ~(~a | ~b); }},
      {0x08, [](Word a, Word b) { return ~(~a & ~b); }},
      {0x10, [](Word a, Word b) { return sx(a) < sx(b) ? a : b; }},
      {0x14, [](Word a, Word b) { return sx(a) > sx(b) ? a : b; }},
      {0x18, [](Word a, Word b) { return a < b ? a : b; }},
      {0x1c, [](Word a, Word b) { return a > b ? a : b; }}};
  constexpr Word kData = kRamBase + 0x2000;
  for (const auto& [funct5, formula] : cases) {
    machine.program({atomic(funct5, 5, 6, 7)});
    machine.hart.reset(kRamBase, 0, 0);
    for (const Word a : operands())
      for (const Word b : operands()) {
        machine.put(kData, a);
        machine.hart.set_pc(kRamBase);
        machine.hart.set_x(6, kData);
        machine.hart.set_x(7, b);
        ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
        ASSERT_EQ(machine.hart.x(5), a);
        ASSERT_EQ(machine.get(kData), formula(a, b)) << funct5;
      }
  }
}

}  // namespace
}  // namespace cairn
