// EBREAK as a semihosting call, and when it is none.
#include <gtest/gtest.h>

#include <vector>

#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;

constexpr std::uint32_t kEntryMark = 0x01f0'1013, kExitMark = 0x4070'5013;
constexpr std::uint32_t kHandler = kRamBase + 0x400;

struct SemihostMachine : TestMachine {
  struct Call {
    std::uint32_t operation, parameter;
    std::uint64_t cycle;
  };

  hart::BusAnswer semihost(std::uint32_t operation, std::uint32_t parameter,
                           std::uint64_t cycle) override {
    if (!serves) return {};
    calls.push_back({operation, parameter, cycle});
    return {.ok = true, .end = cycle + 5, .value = 77};
  }

  bool serves = true;
  std::vector<Call> calls;
};

class HartSemihostTest : public testing::Test {
 protected:
  void start(std::initializer_list<std::uint32_t> words) {
    machine.program({csrrw(0, 0x305, 5)});
    machine.program(words, kRamBase + 4);
    machine.hart.set_x(5, kHandler);
    machine.hart.set_x(10, 4);
    machine.hart.set_x(11, 0x8000'1234);
    ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
  }

  SemihostMachine machine;
};

TEST_F(HartSemihostTest, ACallBetweenItsMarksIsServedAndRetires) {
  start({kEntryMark, kEbreak, kExitMark, kNop});
  EXPECT_EQ(machine.run(10), hart::Stop::kBusAccess);
  ASSERT_EQ(machine.calls.size(), 1u);
  EXPECT_EQ(machine.calls[0].operation, 4u);
  EXPECT_EQ(machine.calls[0].parameter, 0x8000'1234u);
  EXPECT_EQ(machine.calls[0].cycle, 2u);
  EXPECT_EQ(machine.hart.x(10), 77u);
  EXPECT_EQ(machine.hart.pc(), kRamBase + 12);
  EXPECT_EQ(machine.hart.instret(), 3u);
  EXPECT_EQ(machine.hart.cycle(), 8u) << "the answer's end and the instruction's own cycle";
}

TEST_F(HartSemihostTest, WithoutAMarkItIsABreakpoint) {
  for (const auto& words : {std::initializer_list<std::uint32_t>{kNop, kEbreak, kExitMark},
                            std::initializer_list<std::uint32_t>{kEntryMark, kEbreak, kNop}}) {
    machine.hart.reset(kRamBase, 0, 0);
    start(words);
    (void)machine.run(2);
    EXPECT_EQ(machine.hart.pc(), kHandler);
    EXPECT_EQ(machine.hart.csr(hart::csr::kMcause), 3u);
  }
  EXPECT_TRUE(machine.calls.empty());
}

TEST_F(HartSemihostTest, ACompressedEbreakIsABreakpoint) {
  start({kEntryMark, 0x0001'9002 /* c.ebreak, c.nop */, kExitMark});
  (void)machine.run(2);
  EXPECT_EQ(machine.hart.pc(), kHandler);
  EXPECT_TRUE(machine.calls.empty());
}

TEST_F(HartSemihostTest, ACallThatNobodyServesIsABreakpointOfTheSameLength) {
  machine.serves = false;
  start({kEntryMark, kEbreak, kExitMark});
  (void)machine.run(2);
  EXPECT_EQ(machine.hart.pc(), kHandler);
  EXPECT_EQ(machine.hart.cycle(), 3u);
  EXPECT_EQ(machine.hart.x(10), 4u);
}

TEST_F(HartSemihostTest, TheMarksMayLieAtTheEndsOfMemory) {
  const std::uint32_t last = kRamBase + static_cast<std::uint32_t>(machine.ram.size()) - 4;
  machine.program({csrrw(0, 0x305, 5)});
  machine.program({kEntryMark, kEbreak}, last - 4);
  machine.hart.set_x(5, kHandler);
  ASSERT_EQ(machine.run(1), hart::Stop::kLimit);
  machine.hart.set_pc(last - 4);
  (void)machine.run(2);
  EXPECT_EQ(machine.hart.pc(), kHandler) << "the mark after it would lie outside";
}

}  // namespace
}  // namespace cairn
