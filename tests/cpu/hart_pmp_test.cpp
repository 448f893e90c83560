// Physical memory protection: against an oracle that looks at one byte at a time, and in the hart.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "models/cpu/hart_pmp.hpp"
#include "tests/cpu/privileged_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::AccessKind;
using hart::Pmp;
using hart::Privilege;
using hart::Stop;
namespace csr = hart::csr;

std::uint32_t seed() {
  const char* given = std::getenv("CAIRN_SEED");
  const auto value = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : 37u;
  fmt::print("seed {} (CAIRN_SEED sets it)\n", value);
  return value;
}

/// The registers as written, and the manual's rules (3.7.1) for each byte by itself.
struct Oracle {
  std::array<std::uint8_t, 16> config{};
  std::array<std::uint32_t, 16> address{};

  bool locked(unsigned i) const { return config[i] >> 7 != 0; }
  bool is_tor(unsigned i) const { return (config[i] >> 3 & 3) == 1; }
  void write_config(unsigned i, std::uint8_t value) {
    if (locked(i)) return;
    const bool reserved = (value & 3) == 2;
    config[i] = value & (reserved ? 0x9d : 0x9f);
  }
  void write_address(unsigned i, std::uint32_t value) {
    if (locked(i) || (i < 15 && locked(i + 1) && is_tor(i + 1))) return;
    address[i] = value;
  }
  bool matches(unsigned i, std::uint32_t byte) const {
    const std::uint64_t word = byte / 4;
    const std::uint64_t wanted = address[i];
    switch (config[i] >> 3 & 3) {
      case 1:
        return word >= (i == 0 ? 0 : address[i - 1]) && word < wanted;
      case 2:
        return word == wanted;
      case 3: {
        const std::uint64_t ignored = wanted ^ (wanted + 1);
        return (word | ignored) == (wanted | ignored);
      }
      default:
        return false;
    }
  }
  std::optional<unsigned> entry(std::uint32_t byte) const {
    for (unsigned i = 0; i < 16; ++i)
      if (matches(i, byte)) return i;
    return std::nullopt;
  }
  bool permits(std::uint32_t byte, AccessKind kind, Privilege privilege) const {
    const std::optional<unsigned> found = entry(byte);
    if (!found) return privilege == Privilege::kMachine;
    if (privilege == Privilege::kMachine && !locked(*found)) return true;
    const unsigned bit = kind == AccessKind::kRead ? 0 : kind == AccessKind::kWrite ? 1 : 2;
    return (config[*found] >> bit & 1) != 0;
  }
  /// In user mode the lowest entry that matches a byte must match all of them.
  bool allows(std::uint32_t addr, unsigned bytes, AccessKind kind, Privilege privilege) const {
    for (unsigned i = 0; i < bytes; ++i) {
      if (!permits(addr + i, kind, privilege)) return false;
      if (privilege == Privilege::kUser && entry(addr + i) != entry(addr)) return false;
    }
    return true;
  }
};

/// Addresses close to zero, to the top, and to the 34-bit range above it.
class RandomPmp {
 public:
  explicit RandomPmp(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  std::uint32_t address_register() {
    switch (below(8)) {
      case 0:
        return 0x4000'0000u - below(16);
      case 1:
        return ~0u >> below(32);
      case 2:
        return static_cast<std::uint32_t>(random_());
      default:
        return below(32);
    }
  }
  std::uint8_t config() {
    const std::uint32_t lock = below(12) == 0 ? 0x80 : 0;
    return static_cast<std::uint8_t>((random_() & 0x7f) | lock);
  }
  std::uint32_t byte() { return below(8) == 0 ? 0u - below(64) - 1 : below(140); }
  /// Writes both by the same random CSR writes.
  void fill(Pmp& pmp, Oracle& oracle) {
    for (unsigned i = 0, writes = 4 + below(40); i < writes; ++i) {
      const unsigned entry = below(16);
      if (below(2) == 0) {
        const std::uint32_t value = address_register();
        pmp.write_address(entry, value);
        oracle.write_address(entry, value);
      } else {
        std::uint32_t word = pmp.config(entry / 4) & ~(0xffu << entry % 4 * 8);
        const std::uint8_t value = config();
        word |= std::uint32_t{value} << entry % 4 * 8;
        pmp.write_config(entry / 4, word);
        oracle.write_config(entry, value);
      }
    }
  }

 private:
  std::mt19937 random_;
};

constexpr AccessKind kKinds[] = {AccessKind::kRead, AccessKind::kWrite, AccessKind::kFetch};
constexpr Privilege kModes[] = {Privilege::kUser, Privilege::kMachine};

TEST(HartPmpTest, RandomSettingsAgreeWithAnOracleThatLooksAtEachByte) {
  RandomPmp random(seed());
  for (int round = 0; round < 400; ++round) {
    Pmp pmp;
    Oracle oracle;
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
  RandomPmp random(seed());
  for (int round = 0; round < 400; ++round) {
    Pmp pmp;
    Oracle oracle;
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

/// Entry 0 lets user mode run the code; entries 1 and up are random around the data.
TEST(HartPmpTest, LoadsAndStoresOfTheHartObeyRandomSettings) {
  RandomPmp random(seed());
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
TEST(HartPmpTest, FetchesOfTheHartObeyRandomSettings) {
  RandomPmp random(seed());
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

TEST(HartPmpTest, ADeniedAccessDoesNotReachTheBus) {
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
TEST(HartPmpTest, AFetchFaultNamesTheParcelThatMayNotBeExecuted) {
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

TEST(HartPmpTest, AnInstructionOverAPagesEndNeedsBothPages) {
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

TEST(HartPmpTest, ALockTakesEffectOnTheNextInstructionOfMachineMode) {
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

TEST(HartPmpTest, APageThatPmpSplitsCostsTheSameCyclesAndCounts) {
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
