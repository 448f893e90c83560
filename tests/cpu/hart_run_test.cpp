// Running: limits and overshoot, code caching, the bus, LR/SC, the instruction cache.
#include <gtest/gtest.h>

#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Stop;

constexpr std::uint32_t kData = kRamBase + 0x2000;

TEST(HartRunTest, EveryInstructionThatStartsBeforeTheLimitIsExecutedAndTheOvershootStays) {
  hart::HartConfig config = TestMachine::one_cycle_each();
  config.costs.div = 34;
  TestMachine machine(config);
  machine.program({kNop, div(5, 5, 6), kNop, kNop});
  EXPECT_EQ(machine.hart.run(2), Stop::kLimit);  // the division starts at cycle 1
  EXPECT_EQ(machine.hart.instret(), 2u);
  EXPECT_EQ(machine.hart.cycle(), 35u);
  EXPECT_EQ(machine.hart.run(35), Stop::kLimit);
  EXPECT_EQ(machine.hart.instret(), 2u);
  EXPECT_EQ(machine.hart.run(36), Stop::kLimit);
  EXPECT_EQ(machine.hart.instret(), 3u);
}

TEST(HartRunTest, ClassesCostWhatTheConfigurationSays) {
  hart::HartConfig config;
  config.costs = {1, 20, 300, 4000, 50'000, 7, 60, 800, 9000, 11, 130, 0, 1400, 15'000};
  config.extensions.has_float = true;
  TestMachine machine(config);
  const auto cost = [&](std::uint32_t word) {
    machine.program({word});
    machine.hart.reset(kRamBase, 0, 0);
    machine.hart.set_x(6, kData);
    machine.hart.set_f(0, 0x3f80'0000);  // turns the unit on
    const std::uint64_t before = machine.hart.cycle();
    EXPECT_EQ(machine.hart.run(before + 1), Stop::kLimit);
    return machine.hart.cycle() - before;
  };
  EXPECT_EQ(cost(kNop), 1u);
  EXPECT_EQ(cost(lw(5, 6, 0)), 20u);
  EXPECT_EQ(cost(sw(6, 5, 0)), 300u);
  EXPECT_EQ(cost(b_type(0, 0, 0, 8)), 4000u);
  EXPECT_EQ(cost(b_type(1, 0, 0, 8)), 50'000u);
  EXPECT_EQ(cost(jal(0, 8)), 7u);
  EXPECT_EQ(cost(r_type(0x33, 0, 1, 5, 5, 5)), 60u);
  EXPECT_EQ(cost(div(5, 5, 5)), 800u);
  EXPECT_EQ(cost(csrrs(5, hart::csr::kMscratch, 0)), 9000u);
  EXPECT_EQ(cost(atomic(0, 5, 6, 5)), 11u);
  EXPECT_EQ(cost(kFenceI), 130u);
  EXPECT_EQ(cost(i_type(0x07, 2, 5, 6, 0)), 20u);            // flw
  EXPECT_EQ(cost(s_type(2, 6, 5, 0) + 0x04), 300u);          // fsw
  EXPECT_EQ(cost(r_type(0x53, 0, 0x00, 1, 0, 0)), 1400u);    // fadd.s
  EXPECT_EQ(cost(r_type(0x53, 0, 0x0c, 1, 0, 0)), 15'000u);  // fdiv.s
  EXPECT_EQ(cost(r_type(0x53, 0, 0x2c, 1, 0, 0)), 15'000u);  // fsqrt.s
}

TEST(HartRunTest, DirectMemoryChargesItsLatenciesAndCountsItsAccesses) {
  TestMachine machine;
  hart::DirectRegion region = machine.ram_region();
  region.read_cycles = 10;
  region.write_cycles = 100;
  region.fetch_cycles = 1000;
  machine.hart.add_region(region);
  machine.program({lw(5, 6, 0), sw(6, 5, 0), i_type(0x03, 1, 5, 6, 0), kNop});
  machine.hart.set_x(6, kData);
  EXPECT_EQ(machine.hart.run(3200), Stop::kLimit);
  EXPECT_EQ(machine.hart.instret(), 4u);
  EXPECT_EQ(machine.hart.cycle(), 4 * 1001u + 20u + 100u);
  const hart::DirectAccesses& accesses = machine.hart.regions().all().front().accesses;
  EXPECT_EQ(accesses.fetches, 4u);
  EXPECT_EQ(accesses.read_count(), 6u);
  EXPECT_EQ(accesses.read_bytes(), 16u + 4u + 2u);
  EXPECT_EQ(accesses.write_bytes(), 4u);
}

TEST(HartRunTest, AnInstructionCacheFetchesALineOnce) {
  hart::HartConfig config = TestMachine::one_cycle_each();
  config.instruction_cache = {.lines = 4, .line_bytes = 16, .ways = 2};
  TestMachine machine(config);
  hart::DirectRegion region = machine.ram_region();
  region.fetch_cycles = 50;
  machine.hart.add_region(region);
  for (std::uint32_t addr = kRamBase; addr < kRamBase + 36; addr += 4)
    machine.put(addr, kNop);
  machine.put(kRamBase + 36, jal(0, -36));
  EXPECT_EQ(machine.hart.run(160), Stop::kLimit);
  EXPECT_EQ(machine.hart.instret(), 10u);
  EXPECT_EQ(machine.hart.cycle(), 10u + 3 * 50u);
  EXPECT_EQ(machine.run(100), Stop::kLimit);  // ten more rounds hit
  EXPECT_EQ(machine.hart.instret(), 110u);
  EXPECT_EQ(machine.hart.regions().all().front().accesses.fetch_bytes, 3 * 16u);
}

TEST(HartRunTest, AnAccessOutsideDirectMemoryStopsTheRunAfterIt) {
  TestMachine machine;
  machine.program({kNop, i_type(0x03, 4, 5, 6, 5), kNop});
  machine.hart.set_x(6, kUart);
  EXPECT_EQ(machine.run(100), Stop::kBusAccess);
  EXPECT_EQ(machine.hart.instret(), 2u);
  EXPECT_EQ(machine.hart.x(5), 0x60u);
  EXPECT_EQ(machine.accesses, (decltype(machine.accesses){{kUart + 5, 1}}));
  EXPECT_EQ(machine.hart.cycle(), 1 + TestMachine::kBusCycles + 1);
}

TEST(HartRunTest, CodeRunsOverTheBusToTheSameResults) {
  TestMachine machine;
  machine.hart.remove_regions(0, ~0u);
  machine.program({addi(5, 0, 5), 0x0001'0285 /* c.addi t0, 1; c.nop */, sw(6, 5, 0), lw(7, 6, 0)});
  machine.put(kRamBase + 16, jal(0, 0));
  machine.hart.set_x(6, kData);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(machine.run(1), Stop::kBusAccess);
  EXPECT_EQ(machine.hart.instret(), 5u);
  EXPECT_EQ(machine.hart.x(7), 6u);
}

TEST(HartRunTest, ChangedCodeIsSeenAfterFenceI) {
  TestMachine machine;
  machine.program({addi(5, 5, 1), sw(6, 7, 0), kFenceI, jal(0, -12)});
  machine.hart.set_x(6, kRamBase);
  machine.hart.set_x(7, addi(5, 5, 100));
  EXPECT_EQ(machine.run(5), Stop::kLimit);
  EXPECT_EQ(machine.hart.x(5), 101u);
}

TEST(HartRunTest, CodeThatOthersChangedIsSeenAfterInvalidate) {
  TestMachine machine;
  machine.program({kNop, addi(5, 5, 1), jal(0, -8)});
  EXPECT_EQ(machine.run(6), Stop::kLimit);
  machine.put_half(kRamBase + 6, static_cast<std::uint16_t>(addi(5, 5, 100) >> 16));
  machine.hart.invalidate(kRamBase + 6, 2);  // the second half of the instruction only
  EXPECT_EQ(machine.run(3), Stop::kLimit);
  EXPECT_EQ(machine.hart.x(5), 102u);
}

TEST(HartRunTest, AnInstructionMayCrossAPageEndAndTheEndOfARegion) {
  TestMachine machine;
  constexpr std::uint32_t kStart = kRamBase + 0xffe;
  const std::uint32_t word = addi(5, 0, 77);
  machine.put_half(kStart, static_cast<std::uint16_t>(word));
  machine.put_half(kStart + 2, static_cast<std::uint16_t>(word >> 16));
  machine.hart.reset(kStart, 0, 0);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.x(5), 77u);

  hart::DirectRegion first_page = machine.ram_region();
  first_page.bytes = 0x1000;
  machine.hart.add_region(first_page);
  machine.hart.reset(kStart, 0, 0);
  EXPECT_EQ(machine.run(1), Stop::kBusAccess);
  EXPECT_EQ(machine.hart.x(5), 77u);
  EXPECT_EQ(machine.accesses.back().first, kStart + 2);
}

constexpr std::uint32_t kLr = 2, kSc = 3;

TEST(HartRunTest, StoreConditionalSucceedsOnceAfterItsReservation) {
  TestMachine machine;
  machine.program({atomic(kLr, 5, 6, 0), atomic(kSc, 7, 6, 8), atomic(kSc, 9, 6, 6)});
  machine.put(kData, 11);
  machine.hart.set_x(6, kData);
  machine.hart.set_x(8, 22);
  EXPECT_EQ(machine.run(3), Stop::kLimit);
  EXPECT_EQ(machine.hart.x(5), 11u);
  EXPECT_EQ(machine.hart.x(7), 0u);
  EXPECT_EQ(machine.hart.x(9), 1u);
  EXPECT_EQ(machine.get(kData), 22u);
}

TEST(HartRunTest, AReservationBreaksAtAnotherAddressATrapAndAForeignWrite) {
  TestMachine machine;
  const auto result = [&](auto between, std::uint32_t offset) {
    machine.program(
        {csrrw(0, hart::csr::kMtvec, 12), atomic(kLr, 5, 6, 0), kNop, atomic(kSc, 7, 9, 8)});
    machine.program(
        {csrrs(10, hart::csr::kMepc, 0), addi(10, 10, 4), csrrw(0, hart::csr::kMepc, 10), kMret},
        kRamBase + 0x100);
    machine.hart.reset(kRamBase, 0, 0);
    machine.hart.set_x(6, kData);
    machine.hart.set_x(9, kData + offset);
    machine.hart.set_x(12, kRamBase + 0x100);
    EXPECT_EQ(machine.run(2), Stop::kLimit);
    between();
    while (machine.hart.pc() != kRamBase + 16)
      EXPECT_EQ(machine.run(1), Stop::kLimit);
    return machine.hart.x(7);
  };
  EXPECT_EQ(result([] {}, 0), 0u);
  EXPECT_EQ(result([] {}, 4), 1u);
  EXPECT_EQ(result([&] { machine.put(kRamBase + 8, kEcall); }, 0), 1u);
  EXPECT_EQ(result([&] { machine.hart.invalidate(kData - 8, 16); }, 0), 1u);
  EXPECT_EQ(result([&] { machine.put(kData, 12345); }, 0), 1u);
}

}  // namespace
}  // namespace cairn
