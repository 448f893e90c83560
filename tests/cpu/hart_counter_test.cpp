// Counters and their events, and who may read them.
#include <gtest/gtest.h>

#include "tests/cpu/privileged_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Event;
using hart::Stop;
namespace csr = hart::csr;

constexpr std::uint32_t kCounter3 = csr::kMcycle + 3, kCounter3h = csr::kMcycleh + 3;

/// What counter 3 counts of `event` while `words` run, in machine mode at kCode.
class HartCounterTest : public testing::Test {
 protected:
  std::uint32_t count(PrivilegedMachine& machine, Event event,
                      std::initializer_list<std::uint32_t> words) {
    machine.program(words, kCode);
    machine.hart.invalidate(kCode, 4096);
    machine.write(csr::kMhpmevent3, static_cast<std::uint32_t>(event));
    machine.write(kCounter3, 0);
    machine.hart.set_pc(kCode);
    const std::uint32_t end = kCode + 4 * static_cast<std::uint32_t>(words.size());
    for (int i = 0; i < 1000 && machine.hart.pc() != end; ++i)
      (void)machine.run(1);
    EXPECT_EQ(machine.hart.pc(), end);
    return machine.hart.csr(kCounter3);
  }
};

TEST_F(HartCounterTest, EachEventCountsWhatItNames) {
  PrivilegedMachine machine;
  machine.program({csrrs(30, csr::kMepc, 0), addi(30, 30, 4), csrrw(0, csr::kMepc, 30), kMret},
                  kHandler);
  machine.hart.set_x(6, kData);
  machine.hart.set_x(7, kUart);
  const auto lbu = [](std::uint32_t rs) { return i_type(0x03, 4, 5, rs, 5); };
  const auto sb = [](std::uint32_t rs) { return s_type(0, rs, 5, 0); };
  EXPECT_EQ(count(machine, Event::kNone, {kEcall, lw(5, 6, 0)}), 0u);
  EXPECT_EQ(count(machine, Event::kException, {kEcall, kNop, kEbreak, 0xffff'ffff}), 3u);
  EXPECT_EQ(count(machine, Event::kInterrupt, {kEcall, kNop}), 0u);
  EXPECT_EQ(count(machine, Event::kBusRead, {lbu(7), lbu(6), lbu(7), sb(7)}), 2u);
  EXPECT_EQ(count(machine, Event::kBusWrite, {lbu(7), sb(6), sb(7)}), 1u);
  EXPECT_EQ(count(machine, Event::kBusFetch, {kNop, lbu(7)}), 0u);
  EXPECT_EQ(
      count(machine, Event::kDirectRead,
            {lw(5, 6, 0), lbu(6), lbu(7), sw(6, 5, 0), atomic(2, 5, 6, 0), atomic(0, 5, 6, 5)}),
      4u);
  EXPECT_EQ(count(machine, Event::kDirectWrite,
                  {lw(5, 6, 0), sb(6), sb(7), sw(6, 5, 0), atomic(0, 5, 6, 5)}),
            3u);
  EXPECT_EQ(count(machine, Event::kInstructionCacheMiss, {kNop, kNop}), 0u);
}

TEST_F(HartCounterTest, InterruptsCount) {
  PrivilegedMachine machine;
  machine.program({csrrw(0, csr::kMie, 0), kMret}, kHandler);
  machine.hart.set_x(8, 8);
  machine.write(csr::kMie, hart::kTimerInterrupt);
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(count(machine, Event::kInterrupt, {csrrw(0, csr::kMstatus, 8), kNop, kNop}), 1u);
}

TEST_F(HartCounterTest, CodeFetchedOverTheBusCounts) {
  PrivilegedMachine machine;
  machine.hart.remove_regions(0, ~0u);
  EXPECT_EQ(count(machine, Event::kBusFetch, {kNop, kNop, kNop}), 3u);
}

TEST_F(HartCounterTest, LinesFilledInTheInstructionCacheCount) {
  hart::HartConfig config = TestMachine::one_cycle_each();
  config.instruction_cache = {.lines = 4, .line_bytes = 16, .ways = 2};
  PrivilegedMachine machine(config);
  EXPECT_EQ(count(machine, Event::kInstructionCacheMiss,
                  {kNop, kNop, kNop, kNop, kNop, kNop, kNop, kNop, kNop}),
            3u);
}

TEST_F(HartCounterTest, CyclesThatPassInWfiCount) {
  PrivilegedMachine machine;
  machine.write(csr::kMie, hart::kTimerInterrupt);
  machine.program({kWfi, kNop}, kCode);
  machine.write(csr::kMhpmevent3, static_cast<std::uint32_t>(Event::kWaitCycle));
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  const std::uint64_t asleep = machine.hart.cycle();
  EXPECT_EQ(machine.run(10), Stop::kWfi);
  machine.hart.idle_until(asleep + 1000);
  machine.hart.idle_until(asleep + 1234);
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  machine.hart.idle_until(asleep + 5000);  // not in WFI
  EXPECT_EQ(machine.hart.csr(kCounter3), 1234u);
}

TEST_F(HartCounterTest, AccessesOfRegionsThatWereTakenOrRemovedStayCounted) {
  PrivilegedMachine machine;
  machine.hart.set_x(6, kData);
  EXPECT_EQ(count(machine, Event::kDirectRead, {lw(5, 6, 0), lw(5, 6, 0)}), 2u);
  EXPECT_EQ(machine.hart.regions().take(machine.hart.regions().all().front()).read_bytes(),
            8u + machine.hart.instret() * 4);
  EXPECT_EQ(machine.hart.csr(kCounter3), 2u);
  machine.hart.remove_regions(0, ~0u);
  EXPECT_EQ(machine.hart.csr(kCounter3), 2u);
}

TEST_F(HartCounterTest, AnUnknownEventIsStoredAsNone) {
  PrivilegedMachine machine;
  for (std::uint32_t event = 0; event < 40; ++event) {
    machine.write(csr::kMhpmevent3, event);
    EXPECT_EQ(machine.hart.csr(csr::kMhpmevent3), event < hart::kEvents ? event : 0);
  }
  machine.write(csr::kMhpmevent3 + 16, 1);  // of counter 19, which is not there
  EXPECT_EQ(machine.hart.csr(csr::kMhpmevent3 + 16), 0u);
}

TEST_F(HartCounterTest, ACounterGoesOnFromItsValueWhenItsEventChanges) {
  PrivilegedMachine machine;
  machine.program({csrrs(30, csr::kMepc, 0), addi(30, 30, 4), csrrw(0, csr::kMepc, 30), kMret},
                  kHandler);
  machine.hart.set_x(6, kData);
  EXPECT_EQ(count(machine, Event::kException, {kEcall, kEcall}), 2u);
  machine.write(csr::kMhpmevent3, static_cast<std::uint32_t>(Event::kDirectWrite));
  EXPECT_EQ(machine.hart.csr(kCounter3), 2u);
  machine.program({sw(6, 5, 0), kEcall}, kCode);
  machine.hart.invalidate(kCode, 8);
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(2), Stop::kLimit);
  EXPECT_EQ(machine.hart.csr(kCounter3), 3u);
}

TEST_F(HartCounterTest, ACounterIs64BitsWideAndStopsWhileInhibited) {
  PrivilegedMachine machine;
  machine.program({csrrs(30, csr::kMepc, 0), addi(30, 30, 4), csrrw(0, csr::kMepc, 30), kMret},
                  kHandler);
  machine.program({kEcall, kEcall, kEcall}, kCode);
  machine.write(csr::kMhpmevent3, static_cast<std::uint32_t>(Event::kException));
  machine.write(kCounter3, ~0u);
  machine.write(kCounter3h, 7);
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(5), Stop::kLimit);
  EXPECT_EQ(machine.hart.csr(kCounter3), 0u);
  EXPECT_EQ(machine.hart.csr(kCounter3h), 8u);
  machine.write(csr::kMcountinhibit, 1 << 3);
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(5), Stop::kLimit);
  EXPECT_EQ(machine.hart.csr(kCounter3), 0u);
  machine.write(kCounter3, 100);
  machine.write(csr::kMcountinhibit, 0);
  EXPECT_EQ(machine.hart.csr(kCounter3), 100u);
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.csr(kCounter3), 101u);
}

TEST_F(HartCounterTest, McounterenShowsEachCounterToUserModeByItself) {
  PrivilegedMachine machine;
  machine.open_memory();
  machine.program({kNop}, kHandler);
  for (std::uint32_t shown = 0; shown < 19; ++shown)
    for (std::uint32_t index = 0; index < 19; ++index)
      for (const std::uint32_t first : {csr::kCycle, csr::kCycleh}) {
        machine.program({kMret}, kHandler);
        machine.hart.invalidate(kHandler, 4);
        machine.write(csr::kMcounteren, 1u << shown);
        machine.program({csrrs(5, first + index, 0)}, kCode);
        machine.hart.invalidate(kCode, 4);
        machine.enter_user(kCode);
        (void)machine.run(1);
        EXPECT_EQ(machine.hart.pc(), index == shown ? kCode + 4 : kHandler) << index;
        if (index == shown) {  // back to machine mode
          machine.hart.set_pc(kCode);
          machine.put(kCode, kEcall);
          machine.hart.invalidate(kCode, 4);
          (void)machine.run(1);
        }
      }
}

}  // namespace
}  // namespace cairn
