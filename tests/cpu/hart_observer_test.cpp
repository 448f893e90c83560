// What observers of the hart hear, and what the hart remembers of its traps.
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Executed;
using What = hart::Executed::What;

constexpr std::uint32_t kData = kRamBase + 0x400;
constexpr std::uint32_t kHandler = kRamBase + 0x100;
constexpr std::uint32_t kAmo = 0x2f;  // funct7 0: amoadd
constexpr std::uint32_t kIllegalWord = 0xffff'ffff;

struct Listener : hart::HartObserver {
  bool hears_each() const override { return true; }
  void executed(const Executed& step, const hart::Hart& hart) override {
    steps.push_back(step);
    results.push_back(hart.x(step.in.rd));
    next.push_back(hart.pc());
  }

  std::vector<Executed> steps;
  std::vector<std::uint32_t> results, next;
};

TEST(HartObserverTest, ABreakpointIsNoStep) {
  TestMachine machine;
  Listener heard;
  machine.hart.set_observer(&heard);
  machine.program({add(9, 6, 6), add(9, 6, 6), add(9, 6, 6)});
  machine.hart.set_breakpoint(kRamBase + 4);
  EXPECT_EQ(machine.run(10), hart::Stop::kDebug);
  EXPECT_EQ(heard.steps.size(), machine.hart.instret());
  machine.hart.resume(true);
  EXPECT_EQ(machine.run(10), hart::Stop::kDebug);
  ASSERT_EQ(heard.steps.size(), 2u);
  EXPECT_EQ(heard.steps[1].in.op, hart::Op::kAdd);
}

TEST(HartObserverTest, EachStepSaysWhatTheInstructionDid) {
  TestMachine machine;
  Listener heard;
  machine.hart.set_observer(&heard);
  machine.hart.set_x(5, kData);
  machine.hart.set_x(6, 0x1234'5678);
  machine.program({s_type(1, 5, 6, 2), lw(7, 5, 0), r_type(kAmo, 2, 0, 8, 5, 6), add(9, 6, 6)});
  (void)machine.run(4);
  ASSERT_EQ(heard.steps.size(), 4u);

  const Executed& store = heard.steps[0];
  EXPECT_TRUE(store.stores && !store.loads);
  EXPECT_EQ(store.address, kData + 2);
  EXPECT_EQ(store.bytes, 2);
  EXPECT_EQ(store.stored, 0x5678u);

  EXPECT_TRUE(heard.steps[1].loads && !heard.steps[1].stores);
  EXPECT_EQ(heard.results[1], 0x5678'0000u);

  const Executed& atomic = heard.steps[2];
  EXPECT_TRUE(atomic.loads && atomic.stores);
  EXPECT_EQ(heard.results[2], 0x5678'0000u);
  EXPECT_EQ(atomic.stored, 0x5678'0000u + 0x1234'5678u);

  EXPECT_EQ(heard.steps[3].bytes, 0);
  EXPECT_EQ(heard.results[3], 0x2468'acf0u);
  for (const Executed& step : heard.steps)
    EXPECT_EQ(step.what, What::kRetired);
}

TEST(HartObserverTest, StepsFollowEachOtherWithoutAGapThroughTrapsAndInterrupts) {
  hart::HartConfig config;  // the real costs
  TestMachine machine(config);
  Listener heard;
  machine.hart.set_observer(&heard);
  machine.hart.set_x(5, kHandler);
  machine.hart.set_x(6, hart::kTimerInterrupt);
  machine.program({csrrw(0, hart::csr::kMtvec, 5), csrrw(0, hart::csr::kMie, 6), kIllegalWord,
                   csrrsi(0, hart::csr::kMstatus, 8), addi(1, 1, 1), addi(1, 1, 1)});
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt);
  machine.program(
      {csrrs(7, hart::csr::kMepc, 0), addi(7, 7, 4), csrrw(0, hart::csr::kMepc, 7), kMret},
      kHandler);
  (void)machine.run(200);

  std::uint64_t end = heard.steps.front().cycle, retired = 0, traps = 0, interrupts = 0;
  for (const Executed& step : heard.steps) {
    EXPECT_EQ(step.cycle, end);
    end = step.cycle + step.cycles;
    retired += step.what == What::kRetired ? 1 : 0;
    traps += step.what == What::kTrapped ? 1 : 0;
    interrupts += step.what == What::kInterrupted ? 1 : 0;
  }
  EXPECT_EQ(end, machine.hart.cycle());
  EXPECT_EQ(retired, machine.hart.instret());
  EXPECT_EQ(traps, 1u);
  EXPECT_GE(interrupts, 1u);
}

TEST(HartObserverTest, ListeningToEachStepChangesNothing) {
  const auto run = [](bool listens) {
    TestMachine machine{hart::HartConfig{}};
    Listener heard;
    if (listens) machine.hart.set_observer(&heard);
    machine.hart.set_x(5, kData);
    machine.program({addi(6, 6, 1), sw(5, 6, 0), lw(7, 5, 0), lw(8, 0, 0x20), jal(0, -16)});
    machine.program({jal(0, 0)}, kHandler);
    for (int i = 0; i < 20; ++i)
      (void)machine.run(97);
    return std::tuple(machine.hart.pc(), machine.hart.cycle(), machine.hart.instret(),
                      machine.hart.x(6), machine.accesses);
  };
  EXPECT_EQ(run(true), run(false));
}

TEST(HartTrapStackTest, ATrapIsRememberedWithItsRegistersUntilMret) {
  TestMachine machine;
  machine.hart.set_x(5, kHandler);
  machine.hart.set_x(9, 77);
  machine.program({csrrw(0, hart::csr::kMtvec, 5), kIllegalWord});
  machine.program({addi(9, 0, 0), csrrw(0, hart::csr::kMepc, 5), kMret}, kHandler);
  (void)machine.run(3);
  ASSERT_EQ(machine.hart.traps().frames().size(), 1u);
  const hart::TrapFrame& frame = machine.hart.traps().frames().front();
  EXPECT_EQ(frame.pc, kRamBase + 4);
  EXPECT_EQ(frame.mcause, 2u);
  EXPECT_EQ(frame.x[9], 77u);
  (void)machine.run(2);
  EXPECT_TRUE(machine.hart.traps().frames().empty());
}

TEST(HartTrapStackTest, AHandlerThatFaultsForEverHaltsTheHart) {
  TestMachine machine;
  machine.hart.set_x(5, kHandler);
  machine.hart.set_x(2, kUnmapped);  // the stack has left the memory
  machine.program({csrrw(0, hart::csr::kMtvec, 5), sw(2, 1, 0)});
  machine.program({addi(2, 2, -16), sw(2, 1, 0)}, kHandler);
  hart::Stop stop = hart::Stop::kLimit;
  for (int i = 0; i < 100'000 && stop != hart::Stop::kHalted; ++i)
    stop = machine.run(1000);
  ASSERT_EQ(stop, hart::Stop::kHalted);
  EXPECT_EQ(machine.hart.halt().reason, hart::HaltReason::kEndlessTrap);
  EXPECT_EQ(machine.hart.traps().frames().front().pc, kRamBase + 4);  // where it began
}

}  // namespace
}  // namespace cairn
