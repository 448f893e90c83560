// Breakpoints, watchpoints and single steps: where they stop, and that they cost no simulated time.
#include <gtest/gtest.h>

#include <vector>

#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::DebugReason;
using hart::Stop;
using hart::WatchKind;
using hart::Watchpoint;

constexpr std::uint32_t kData = kRamBase + 0x2000;
constexpr std::uint32_t kHandler = kRamBase + 0x400;
constexpr std::uint64_t kPlenty = 1000;

struct HartDebugTest : testing::Test {
  TestMachine machine;
  hart::Hart& hart = machine.hart;

  DebugReason reason() const { return machine.hart.debug_stop().reason; }
  /// Runs until the debugger's next stop.
  DebugReason go(bool step = false) {
    hart.resume(step);
    EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
    return reason();
  }
  DebugReason step() { return go(true); }
  /// x5 counts rounds of three instructions; x6 points to the data.
  void put_loop() {
    machine.program({addi(5, 5, 1), sw(6, 5, 0), jal(0, -8)});
    hart.set_x(6, kData);
  }
};

TEST_F(HartDebugTest, ABreakpointStopsBeforeItsInstructionEveryTimeRound) {
  put_loop();
  hart.set_breakpoint(kRamBase + 4);
  for (std::uint32_t round = 1; round < 4; ++round) {
    EXPECT_EQ(go(), DebugReason::kBreakpoint);
    EXPECT_EQ(hart.pc(), kRamBase + 4);
    EXPECT_EQ(hart.x(5), round);
    EXPECT_EQ(machine.get(kData), round - 1);
    EXPECT_EQ(hart.instret(), 3 * round - 2);
    EXPECT_EQ(hart.cycle(), 3 * round - 2);
  }
}

TEST_F(HartDebugTest, TheStopStaysUntilTheHartIsResumed) {
  put_loop();
  hart.set_breakpoint(kRamBase);
  EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
  EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
  EXPECT_EQ(hart.instret(), 0u);
}

TEST_F(HartDebugTest, AClearedBreakpointStopsNothing) {
  put_loop();
  hart.set_breakpoint(kRamBase + 4);
  EXPECT_EQ(go(), DebugReason::kBreakpoint);
  hart.clear_breakpoint(kRamBase + 4);
  hart.resume(false);
  EXPECT_EQ(machine.run(9), Stop::kLimit);
  EXPECT_EQ(hart.instret(), 10u);
}

TEST_F(HartDebugTest, ABreakpointOnACompressedInstructionLeavesItsNeighboursAlone) {
  machine.program({0x0285'0285 /* c.addi t0, 1, twice */, addi(5, 5, 100)});
  hart.set_breakpoint(kRamBase + 2);
  EXPECT_EQ(go(), DebugReason::kBreakpoint);
  EXPECT_EQ(hart.pc(), kRamBase + 2);
  EXPECT_EQ(hart.x(5), 1u);
  EXPECT_EQ(step(), DebugReason::kStep);
  EXPECT_EQ(hart.pc(), kRamBase + 4);
  EXPECT_EQ(step(), DebugReason::kStep);
  EXPECT_EQ(hart.x(5), 102u);
}

TEST_F(HartDebugTest, AJumpToItselfStopsEachTime) {
  machine.program({jal(0, 0)});
  hart.set_breakpoint(kRamBase);
  EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
  for (std::uint64_t round = 1; round < 4; ++round) {
    EXPECT_EQ(go(), DebugReason::kBreakpoint);
    EXPECT_EQ(hart.instret(), round);
  }
}

TEST_F(HartDebugTest, CodeThatComesOverTheBusHasBreakpointsToo) {
  hart.remove_regions(0, ~0u);
  machine.program({kNop, jal(0, 0)});
  hart.set_breakpoint(kRamBase + 4);
  EXPECT_EQ(machine.run(1), Stop::kBusAccess);
  const std::size_t accesses = machine.accesses.size();
  const std::uint64_t cycle = hart.cycle();
  EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
  EXPECT_EQ(machine.accesses.size(), accesses) << "not fetched";
  EXPECT_EQ(hart.cycle(), cycle);
  hart.resume(false);
  EXPECT_EQ(machine.run(1), Stop::kBusAccess);
  EXPECT_EQ(hart.instret(), 2u);
  EXPECT_EQ(machine.run(1), Stop::kDebug);
}

TEST_F(HartDebugTest, ABreakpointSurvivesChangedCodeAndAReset) {
  put_loop();
  hart.set_breakpoint(kRamBase + 4);
  EXPECT_EQ(go(), DebugReason::kBreakpoint);
  machine.program({addi(5, 5, 10), sw(6, 5, 4)});
  hart.invalidate(kRamBase, 8);
  hart.reset(kRamBase, 0, 0);
  hart.set_x(6, kData);
  EXPECT_EQ(go(), DebugReason::kBreakpoint);
  EXPECT_EQ(hart.x(5), 10u);
  EXPECT_EQ(step(), DebugReason::kStep);
  EXPECT_EQ(machine.get(kData + 4), 10u);
}

TEST_F(HartDebugTest, AStepExecutesOneInstructionWhateverItCosts) {
  hart::HartConfig config = TestMachine::one_cycle_each();
  config.costs.div = 34;
  TestMachine slow(config);
  slow.program({div(5, 5, 6), kNop});
  slow.hart.resume(true);
  EXPECT_EQ(slow.run(1), Stop::kDebug);
  EXPECT_EQ(slow.hart.debug_stop().reason, DebugReason::kStep);
  EXPECT_EQ(slow.hart.instret(), 1u);
  EXPECT_EQ(slow.hart.cycle(), 34u);
}

TEST_F(HartDebugTest, AStepThatDoesNotStartBeforeTheLimitIsMadeLater) {
  put_loop();
  hart.resume(true);
  EXPECT_EQ(hart.run(0), Stop::kLimit);
  EXPECT_EQ(hart.instret(), 0u);
  EXPECT_EQ(hart.run(kPlenty), Stop::kDebug);
  EXPECT_EQ(hart.instret(), 1u);
}

TEST_F(HartDebugTest, AStepIntoAnExceptionStopsAtTheHandler) {
  machine.program({csrrw(0, hart::csr::kMtvec, 12), kEcall, kNop});
  machine.program({addi(5, 0, 1)}, kHandler);
  hart.set_x(12, kHandler);
  EXPECT_EQ(step(), DebugReason::kStep);
  EXPECT_EQ(step(), DebugReason::kStep);
  EXPECT_EQ(hart.pc(), kHandler);
  EXPECT_EQ(hart.instret(), 1u);
  EXPECT_EQ(hart.x(5), 0u);
}

TEST_F(HartDebugTest, AStepIntoAnInterruptStopsAtTheHandlerThoughATrapCostsNothing) {
  machine.program({csrrw(0, hart::csr::kMtvec, 12), csrrw(0, hart::csr::kMie, 13),
                   csrrsi(0, hart::csr::kMstatus, 8), kNop});
  machine.program({addi(5, 0, 1)}, kHandler);
  hart.set_x(12, kHandler);
  hart.set_x(13, hart::kTimerInterrupt);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(step(), DebugReason::kStep);
  hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(step(), DebugReason::kStep);
  EXPECT_EQ(hart.pc(), kHandler);
  EXPECT_EQ(hart.instret(), 3u);
}

TEST_F(HartDebugTest, AStepOfAHartThatWaitsForAnInterruptWaitsToo) {
  machine.program({kWfi, addi(5, 0, 1)});
  EXPECT_EQ(step(), DebugReason::kStep);
  EXPECT_EQ(hart.pc(), kRamBase + 4);
  hart.resume(true);
  EXPECT_EQ(machine.run(kPlenty), Stop::kWfi);
  hart.set_csr(hart::csr::kMie, hart::kTimerInterrupt);
  hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
  EXPECT_EQ(hart.x(5), 1u);
}

TEST_F(HartDebugTest, ARequestStopsTheNextRunBeforeItsFirstInstruction) {
  put_loop();
  hart.request_debug_stop();
  EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
  EXPECT_EQ(reason(), DebugReason::kRequest);
  EXPECT_EQ(hart.instret(), 0u);
}

TEST_F(HartDebugTest, AWatchpointStopsAfterTheInstructionThatWrites) {
  put_loop();
  hart.set_watchpoint({kData, 4, WatchKind::kWrite});
  EXPECT_EQ(go(), DebugReason::kWatchpoint);
  EXPECT_EQ(hart.pc(), kRamBase + 8);
  EXPECT_EQ(hart.debug_stop().addr, kData);
  EXPECT_EQ(machine.get(kData), 1u);
  EXPECT_EQ(go(), DebugReason::kWatchpoint);
  EXPECT_EQ(machine.get(kData), 2u);
  hart.clear_watchpoint({kData, 4, WatchKind::kWrite});
  hart.resume(false);
  EXPECT_EQ(machine.run(30), Stop::kLimit);
}

TEST_F(HartDebugTest, AWatchpointHearsOnlyItsKindOfAccess) {
  machine.program({lw(5, 6, 0), sw(6, 5, 0), kNop, jal(0, 0)});
  const auto stops = [&](WatchKind kind) {
    hart.reset(kRamBase, 0, 0);
    hart.set_x(6, kData);
    const Watchpoint watchpoint{kData, 4, kind};
    hart.set_watchpoint(watchpoint);
    std::vector<std::uint32_t> at;
    for (;;) {
      hart.resume(false);
      if (machine.run(20) != Stop::kDebug) break;
      EXPECT_EQ(hart.debug_stop().watch, kind);
      at.push_back(hart.pc() - kRamBase);
    }
    hart.clear_watchpoint(watchpoint);
    return at;
  };
  EXPECT_EQ(stops(WatchKind::kRead), (std::vector<std::uint32_t>{4}));
  EXPECT_EQ(stops(WatchKind::kWrite), (std::vector<std::uint32_t>{8}));
  EXPECT_EQ(stops(WatchKind::kAccess), (std::vector<std::uint32_t>{4, 8}));
}

TEST_F(HartDebugTest, AMisalignedAccessThatTouchesOneWatchedByteHitsThatByte) {
  machine.program({sw(6, 5, 2), sw(6, 5, 1), sw(6, 5, 4), sw(6, 5, 5), jal(0, 0)});
  hart.set_x(6, kData);
  hart.set_watchpoint({kData + 5, 1, WatchKind::kWrite});
  EXPECT_EQ(go(), DebugReason::kWatchpoint);
  EXPECT_EQ(hart.pc(), kRamBase + 4);  // bytes 2 to 5
  EXPECT_EQ(hart.debug_stop().addr, kData + 5);
  EXPECT_EQ(go(), DebugReason::kWatchpoint);
  EXPECT_EQ(hart.pc(), kRamBase + 12);  // not bytes 1 to 4
  EXPECT_EQ(go(), DebugReason::kWatchpoint);
  EXPECT_EQ(hart.pc(), kRamBase + 16);
  hart.resume(false);
  EXPECT_EQ(machine.run(20), Stop::kLimit);
}

TEST_F(HartDebugTest, AnAtomicOperationHitsReadAndWriteWatchpoints) {
  constexpr std::uint32_t kAdd = 0, kLr = 2, kSc = 3;
  machine.program({atomic(kAdd, 5, 6, 7), atomic(kLr, 5, 6, 0), atomic(kSc, 8, 6, 7),
                   atomic(kSc, 8, 6, 7), jal(0, 0)});
  hart.set_x(6, kData);
  hart.set_watchpoint({kData, 4, WatchKind::kWrite});
  EXPECT_EQ(go(), DebugReason::kWatchpoint);
  EXPECT_EQ(hart.pc(), kRamBase + 4);
  EXPECT_EQ(go(), DebugReason::kWatchpoint);
  EXPECT_EQ(hart.pc(), kRamBase + 12) << "a load-reserved does not write";
  hart.resume(false);
  EXPECT_EQ(machine.run(20), Stop::kLimit) << "a failing store-conditional does not write";
  EXPECT_EQ(hart.x(8), 1u);
}

TEST_F(HartDebugTest, ADeviceRegisterCanBeWatched) {
  machine.program({i_type(0x03, 4, 5, 6, 5), s_type(0, 6, 7, 0), jal(0, 0)});
  hart.set_x(6, kUart);
  hart.set_watchpoint({kUart, 1, WatchKind::kAccess});
  hart.resume(false);
  EXPECT_EQ(machine.run(kPlenty), Stop::kBusAccess);  // the load is from another register
  EXPECT_EQ(machine.run(kPlenty), Stop::kDebug);
  EXPECT_EQ(hart.debug_stop().addr, kUart);
  EXPECT_EQ(hart.pc(), kRamBase + 8);
  EXPECT_EQ(machine.text.size(), 1u);
}

TEST_F(HartDebugTest, AnAccessThatFaultsHitsNothing) {
  machine.program({csrrw(0, hart::csr::kMtvec, 12), lw(5, 6, 0)});
  machine.program({jal(0, 0)}, kHandler);
  hart.set_x(6, kUnmapped);
  hart.set_x(12, kHandler);
  hart.set_watchpoint({kUnmapped, 4, WatchKind::kAccess});
  hart.resume(false);
  EXPECT_EQ(machine.run(kPlenty), Stop::kBusAccess);
  EXPECT_EQ(hart.pc(), kHandler);
}

constexpr hart::Engine kEngines[] = {hart::Engine::kStepwise, hart::Engine::kInterpreter,
                                     hart::Engine::kTranslator};

/// Cycles, instructions and accesses of 400 rounds over an array, with an instruction cache.
struct Totals {
  std::uint64_t cycles, instret, reads, writes, fetch_bytes;
  bool operator==(const Totals&) const = default;
};

Totals measure(hart::Engine engine, const std::vector<Watchpoint>& watchpoints, bool breakpoints,
               bool steps, unsigned& stops) {
  hart::HartConfig config = TestMachine::one_cycle_each();
  config.engine = engine;
  config.instruction_cache = {.lines = 2, .line_bytes = 16, .ways = 1};
  TestMachine machine(config);
  hart::DirectRegion region = machine.ram_region();
  region.read_cycles = 3;
  region.write_cycles = 5;
  region.fetch_cycles = 7;
  machine.hart.add_region(region);
  machine.program({lw(5, 6, 0), addi(5, 5, 1), sw(6, 5, 0), s_type(1, 6, 5, 10), addi(7, 7, -1),
                   b_type(1, 7, 0, -20), kWfi});
  machine.hart.set_x(6, kData);
  machine.hart.set_x(7, 400);
  for (const Watchpoint& watchpoint : watchpoints)
    machine.hart.set_watchpoint(watchpoint);
  if (breakpoints)
    for (const std::uint32_t offset : {0u, 8u, 16u, 20u})
      machine.hart.set_breakpoint(kRamBase + offset);
  for (;;) {
    machine.hart.resume(steps);
    const Stop stop = machine.run(100'000);
    if (stop != Stop::kDebug) {
      EXPECT_EQ(stop, Stop::kWfi);
      break;
    }
    ++stops;
  }
  const hart::DirectAccesses& counted = machine.hart.regions().all().front().accesses;
  return {machine.hart.cycle(), machine.hart.instret(), counted.read_count(), counted.write_count(),
          counted.fetch_bytes};
}

TEST(HartDebugCostTest, StopsCostNeitherCyclesNorAccesses) {
  unsigned none = 0;
  const Totals plain = measure(hart::Engine::kStepwise, {}, false, false, none);
  EXPECT_EQ(plain.instret, 2401u);
  for (const hart::Engine engine : kEngines) {
    const auto stops = [&](const std::vector<Watchpoint>& watchpoints, bool breakpoints,
                           bool steps) {
      unsigned count = 0;
      EXPECT_EQ(measure(engine, watchpoints, breakpoints, steps, count), plain);
      return count;
    };
    EXPECT_EQ(stops({}, false, false), 0u);
    EXPECT_EQ(stops({{kData + 100, 8, WatchKind::kAccess}, {kData - 4, 4, WatchKind::kAccess}},
                    false, false),
              0u)
        << "watched, but never touched";
    EXPECT_EQ(stops({{kData, 4, WatchKind::kRead}}, false, false), 400u);
    EXPECT_EQ(stops({{kData, 4, WatchKind::kAccess}}, false, false), 800u);
    EXPECT_EQ(stops({}, true, false), 1599u);  // four a round, but for the first, resumed at
    EXPECT_EQ(stops({{kData, 4, WatchKind::kAccess}}, true, true), 2401u);
  }
}

TEST(HartDebugCostTest, HotCodeStopsAtWhatIsSetLater) {
  for (const hart::Engine engine : kEngines) {
    hart::HartConfig config = TestMachine::one_cycle_each();
    config.engine = engine;
    TestMachine machine(config);
    machine.program({lw(5, 6, 0), addi(5, 5, 1), sw(6, 5, 0), jal(0, -12)});
    machine.hart.set_x(6, kData);
    const auto run = [&] {
      machine.hart.resume(false);
      return machine.run(4000);
    };
    EXPECT_EQ(run(), Stop::kLimit);
    machine.hart.set_breakpoint(kRamBase + 8);
    EXPECT_EQ(run(), Stop::kDebug);
    EXPECT_EQ(machine.hart.pc(), kRamBase + 8);
    EXPECT_EQ(machine.hart.x(5), 1001u);
    machine.hart.clear_breakpoint(kRamBase + 8);
    EXPECT_EQ(run(), Stop::kLimit);
    machine.hart.set_watchpoint({kData, 4, WatchKind::kRead});
    EXPECT_EQ(run(), Stop::kDebug);
    EXPECT_EQ(machine.hart.pc(), kRamBase + 4);
    EXPECT_EQ(machine.hart.debug_stop().reason, DebugReason::kWatchpoint);
  }
}

}  // namespace
}  // namespace cairn
