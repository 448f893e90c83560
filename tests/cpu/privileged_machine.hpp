// A test machine whose CSRs can be written and that can be put into user mode.
#pragma once

#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn::test {

inline constexpr std::uint32_t kHandler = kRamBase + 0x400;
inline constexpr std::uint32_t kCode = kRamBase + 0x1000;  ///< the first of a page
inline constexpr std::uint32_t kData = kRamBase + 0x4000;
inline constexpr std::uint32_t kEverything = 0x1f;  ///< pmpcfg: NAPOT, read, write, execute

/// Traps go to kHandler, which returns with mret. Everything in one cycle.
struct PrivilegedMachine : TestMachine {
  explicit PrivilegedMachine(const hart::HartConfig& config = one_cycle_each())
      : TestMachine(config) {
    program({kMret}, kHandler);
    write(hart::csr::kMtvec, kHandler);
  }

  /// By an instruction, so in machine mode; pc is somewhere else afterwards.
  void write(std::uint32_t csr, std::uint32_t value) {
    const std::uint32_t saved = hart.x(31);
    put(kRamBase, csrrw(0, csr, 31));
    hart.invalidate(kRamBase, 4);
    hart.set_x(31, value);
    hart.set_pc(kRamBase);
    (void)run(1);
    hart.set_x(31, saved);
  }
  /// Lets user mode do everything with all of memory, by the last entry.
  void open_memory() {
    write(hart::csr::kPmpaddr0 + 15, ~0u);
    write(hart::csr::kPmpcfg0 + 3, kEverything << 24);
  }
  /// Goes to `pc` in user mode with one mret.
  void enter_user(std::uint32_t pc) {
    write(hart::csr::kMepc, pc);
    write(hart::csr::kMstatus, hart.csr(hart::csr::kMstatus) & ~0x1800u);
    put(kRamBase, kMret);
    hart.invalidate(kRamBase, 4);
    hart.set_pc(kRamBase);
    (void)run(1);
  }
  std::uint32_t cause() const { return hart.csr(hart::csr::kMcause); }
  std::uint32_t value() const { return hart.csr(hart::csr::kMtval); }
};

}  // namespace cairn::test
