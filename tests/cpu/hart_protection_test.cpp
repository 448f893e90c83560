// Physical memory protection of the hart's loads, stores and fetches.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/cpu/pmp_oracle.hpp"
#include "tests/cpu/privileged_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Stop;
namespace csr = hart::csr;

/// Entry 0 lets user mode run the code; entries 1 and up are random around the data.
TEST(HartProtectionTest, LoadsAndStoresOfTheHartObeyRandomSettings) {
  RandomPmp random(random_seed());
  for (int round = 0; round < 40; ++round) {
    PrivilegedMachine machine;
    Pmp pmp;
    const auto write_both = [&](unsigned entry, std::uint32_t address, std::uint32_t config) {
      machine.write(csr::kPmpaddr0 + entry, address);
      pmp.write_address(entry, address);
      const std::uint32_t word =
          (pmp.config(entry / 4) & ~(0xffu << entry % 4 * 8)) | config << entry % 4 * 8;
      machine.write(csr::kPmpcfg0 + entry / 4, word);
      pmp.write_config(entry / 4, word);
    };
    write_both(0, kCode >> 2 | 0x1ff, 0x1c);
    for (unsigned entry = 1; entry < 16; ++entry)
      write_both(entry, (kData >> 2) + random.below(32), random.config() & 0x7fu);

    machine.program({i_type(0x03, 0, 7, 6, 0), i_type(0x03, 1, 7, 6, 0), lw(7, 6, 0),
                     s_type(0, 6, 7, 0), s_type(1, 6, 7, 0), sw(6, 7, 0)},
                    kCode);
    machine.enter_user(kCode);
    for (int access = 0; access < 200; ++access) {
      if (machine.hart.privilege() == Privilege::kMachine) {  // the handler's mret
        ASSERT_EQ(machine.run(1), Stop::kLimit);
      }
      const std::uint32_t op = random.below(6);
      const std::uint32_t addr = kData + random.below(140);
      machine.hart.set_x(6, addr);
      machine.hart.set_pc(kCode + 4 * op);
      const std::uint64_t cycle = machine.hart.cycle();
      ASSERT_EQ(machine.run(1), Stop::kLimit);
      const bool allowed = pmp.allows(
          addr, 1u << op % 3, op < 3 ? AccessKind::kRead : AccessKind::kWrite, Privilege::kUser);
      ASSERT_EQ(machine.hart.pc(), allowed ? kCode + 4 * op + 4 : kHandler)
          << fmt::format("round {}, access {}, op {}, {:#x}", round, access, op, addr);
      ASSERT_EQ(machine.hart.cycle(), cycle + 1);
      if (allowed) continue;
      ASSERT_EQ(machine.cause(), op < 3 ? 5u : 7u);
      ASSERT_EQ(machine.value(), addr);
    }
  }
}

/// Short and long instructions without effect; random entries say how far they run.
TEST(HartProtectionTest, FetchesOfTheHartObeyRandomSettings) {
  RandomPmp random(random_seed());
  for (int round = 0; round < 200; ++round) {
    PrivilegedMachine machine;
    Pmp pmp;
    constexpr std::uint32_t kStart = kCode + 0xf80, kEnd = kCode + 0x1080;
    std::uint32_t at = kStart;
    while (at < kEnd) {
      const bool compressed = random.below(2) == 0;
      machine.put(at, compressed ? 0x0001 : kNop);
      at += compressed ? 2 : 4;
    }
    machine.put(at, kEcall);
    machine.put(kHandler, jal(0, 0));
    std::uint32_t config = 0;
    for (unsigned entry = 0; entry < 4; ++entry) {
      const std::uint32_t address = (kStart >> 2) + random.below(64);
      machine.write(csr::kPmpaddr0 + entry, address);
      pmp.write_address(entry, address);
      config |= std::uint32_t{random.config() & 0x7fu} << 8 * entry;
    }
    for (const auto& [number, value] : {std::pair{0u, config}, std::pair{3u, kEverything << 24}}) {
      machine.write(csr::kPmpcfg0 + number, value);
      pmp.write_config(number, value);
    }
    machine.write(csr::kPmpaddr0 + 15, ~0u);
    pmp.write_address(15, ~0u);

    const auto denied = [&](std::uint32_t parcel) {
      return !pmp.allows(parcel, 2, AccessKind::kFetch, Privilege::kUser);
    };
    for (std::uint32_t pc = kStart; pc < at;) {
      std::uint32_t stop = pc;  // where the program traps if it begins at pc
      const auto size = [&] { return (machine.get(stop) & 3) == 3 ? 4u : 2u; };
      const auto faults = [&] { return denied(stop) || (size() == 4 && denied(stop + 2)); };
      while (stop < at && !faults())
        stop += size();
      machine.enter_user(pc);
      ASSERT_EQ(machine.run(200), Stop::kLimit);
      SCOPED_TRACE(fmt::format("round {}, from {:#x} to {:#x}", round, pc, stop));
      ASSERT_EQ(machine.hart.privilege(), Privilege::kMachine);
      ASSERT_EQ(machine.hart.csr(csr::kMepc), stop);
      ASSERT_EQ(machine.cause(), faults() ? 1u : 8u);
      ASSERT_EQ(machine.value(), !faults() ? 0 : denied(stop) ? stop : stop + 2);
      pc = stop + size();
    }
  }
}

TEST(HartProtectionTest, ADeniedAccessDoesNotReachTheBus) {
  PrivilegedMachine machine;
  machine.write(csr::kPmpaddr0, kCode >> 2 | 0x1ff);
  machine.write(csr::kPmpaddr0 + 1, kUart >> 2 | 0x1ff);
  machine.write(csr::kPmpcfg0, 0x191c);  // the UART may be read
  machine.program({sw(6, 7, 0), atomic(0, 7, 6, 8), i_type(0x03, 4, 5, 6, 0)}, kCode);
  machine.hart.set_x(6, kUart);
  for (std::uint32_t offset : {0u, 4u}) {
    machine.enter_user(kCode + offset);
    EXPECT_EQ(machine.run(1), Stop::kLimit);
    EXPECT_EQ(machine.cause(), 7u);
    EXPECT_EQ(machine.value(), kUart);
  }
  EXPECT_TRUE(machine.accesses.empty());
  machine.enter_user(kCode + 8);
  EXPECT_EQ(machine.run(1), Stop::kBusAccess);
  EXPECT_EQ(machine.accesses.size(), 1u);
}

/// A fetch is denied at the first byte of a parcel that may not be executed.
TEST(HartProtectionTest, AFetchFaultNamesTheParcelThatMayNotBeExecuted) {
  PrivilegedMachine machine;
  machine.open_memory();
  machine.write(csr::kPmpaddr0, (kCode + 8) >> 2);  // NA4
  machine.write(csr::kPmpcfg0, 0x11);
  machine.program({kNop, 0x0013'0001 /* c.nop, half of a nop */, kNop}, kCode);
  machine.enter_user(kCode);
  EXPECT_EQ(machine.run(2), Stop::kLimit);
  EXPECT_EQ(machine.hart.pc(), kCode + 6);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.cause(), 1u);
  EXPECT_EQ(machine.hart.csr(csr::kMepc), kCode + 6);
  EXPECT_EQ(machine.value(), kCode + 8);
}

TEST(HartProtectionTest, AnInstructionOverAPagesEndNeedsBothPages) {
  PrivilegedMachine machine;
  machine.open_memory();
  constexpr std::uint32_t kNext = kCode + 0x1000;
  machine.write(csr::kPmpaddr0, kNext >> 2 | 0x1ff);
  machine.put_half(kNext - 2, static_cast<std::uint16_t>(addi(5, 0, 7)));
  machine.put_half(kNext, static_cast<std::uint16_t>(addi(5, 0, 7) >> 16));
  machine.put_half(kNext - 4, 1);  // c.nop
  machine.enter_user(kNext - 4);   // decodes it while it is allowed
  EXPECT_EQ(machine.run(2), Stop::kLimit);
  EXPECT_EQ(machine.hart.x(5), 7u);
  machine.put(kNext + 2, kEcall);
  EXPECT_EQ(machine.run(1), Stop::kLimit);

  machine.write(csr::kPmpcfg0, 0x1b);
  machine.enter_user(kNext - 4);
  EXPECT_EQ(machine.run(2), Stop::kLimit);
  EXPECT_EQ(machine.cause(), 1u);
  EXPECT_EQ(machine.hart.csr(csr::kMepc), kNext - 2);
  EXPECT_EQ(machine.value(), kNext);
}

TEST(HartProtectionTest, ALockTakesEffectOnTheNextInstructionOfMachineMode) {
  PrivilegedMachine machine;
  machine.write(csr::kPmpaddr0, kCode >> 2 | 0x1ff);
  machine.write(csr::kPmpaddr0 + 1, kData >> 2 | 0x1ff);
  machine.program({lw(5, 6, 0), csrrw(0, csr::kPmpcfg0, 7), lw(5, 6, 0), kNop}, kCode);
  machine.hart.set_x(6, kData);
  machine.hart.set_x(7, 0x9800);
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(3), Stop::kLimit);
  EXPECT_EQ(machine.cause(), 5u);
  EXPECT_EQ(machine.hart.csr(csr::kMepc), kCode + 8);

  machine.put(kCode, csrrw(0, csr::kPmpcfg0, 7));
  machine.hart.invalidate(kCode, 4);
  machine.hart.set_x(7, 0x9999);
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(2), Stop::kLimit);
  EXPECT_EQ(machine.cause(), 1u);
  EXPECT_EQ(machine.hart.csr(csr::kMepc), kCode + 4);
}

TEST(HartProtectionTest, APageThatPmpSplitsCostsTheSameCyclesAndCounts) {
  const auto run = [](bool split) {
    PrivilegedMachine machine;
    hart::DirectRegion region = machine.ram_region();
    region.read_cycles = 3;
    region.write_cycles = 5;
    region.fetch_cycles = 7;
    machine.hart.add_region(region);
    machine.open_memory();
    machine.write(csr::kPmpaddr0, (kCode + 0x800) >> 2);
    machine.write(csr::kPmpaddr0 + 1, (kData + 8) >> 2);
    machine.write(csr::kPmpcfg0, split ? 0x1313 : 0);  // two words apart from the others
    machine.program({lw(5, 6, 0), addi(5, 5, 1), sw(6, 5, 0), lw(7, 6, 8), lw(7, 6, 2),
                     0x0505'0505 /* c.addi a0, 1 twice */, jal(0, -24)},
                    kCode);
    machine.hart.set_x(6, kData);
    machine.enter_user(kCode);
    EXPECT_EQ(machine.hart.run(machine.hart.cycle() + 5000), Stop::kLimit);
    const hart::DirectAccesses total = machine.hart.regions().total();
    return std::tuple(machine.hart.cycle(), machine.hart.instret(), machine.hart.x(10),
                      machine.get(kData), total.fetches, total.read_bytes(), total.write_bytes());
  };
  EXPECT_EQ(run(true), run(false));
}

}  // namespace
}  // namespace cairn
