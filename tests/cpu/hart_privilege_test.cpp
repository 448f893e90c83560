// User mode: what changes the mode, what it may not do, and whose permissions an access has.
#include <gtest/gtest.h>

#include "tests/cpu/privileged_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Privilege;
using hart::Stop;
namespace csr = hart::csr;

constexpr std::uint32_t kMpp = 0x1800, kMprv = 1 << 17, kTw = 1 << 21;

class HartPrivilegeTest : public testing::Test {
 protected:
  void SetUp() override { machine.open_memory(); }
  /// Runs one word in user mode and expects it to trap.
  void expect_trap_in_user_mode(std::uint32_t word, std::uint32_t cause, std::uint32_t value) {
    SCOPED_TRACE(word);
    machine.program({word}, kCode);
    machine.hart.invalidate(kCode, 4);
    machine.enter_user(kCode);
    ASSERT_EQ(machine.hart.privilege(), Privilege::kUser);
    (void)machine.run(1);
    EXPECT_EQ(machine.hart.pc(), kHandler);
    EXPECT_EQ(machine.hart.privilege(), Privilege::kMachine);
    EXPECT_EQ(machine.cause(), cause);
    EXPECT_EQ(machine.value(), value);
    EXPECT_EQ(machine.hart.csr(csr::kMepc), kCode);
    EXPECT_EQ(machine.hart.csr(csr::kMstatus) & kMpp, 0u);
  }

  PrivilegedMachine machine;
};

TEST_F(HartPrivilegeTest, ResetStartsInMachineMode) {
  machine.enter_user(kCode);
  machine.hart.reset(kRamBase, 0, 0);
  EXPECT_EQ(machine.hart.privilege(), Privilege::kMachine);
  EXPECT_EQ(machine.hart.context(), 0u);
  EXPECT_EQ(machine.hart.csr(csr::kPmpcfg0 + 3), 0u);
}

TEST_F(HartPrivilegeTest, TrapsFromUserModeEnterMachineModeAndMretGoesBack) {
  expect_trap_in_user_mode(kEcall, 8, 0);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.privilege(), Privilege::kUser);
  EXPECT_EQ(machine.hart.pc(), kCode);
}

TEST_F(HartPrivilegeTest, InstructionsAndCsrsOfMachineModeAreIllegalInUserMode) {
  for (const std::uint32_t word :
       {kMret, csrrs(5, csr::kMstatus, 0), csrrw(0, csr::kMscratch, 5), csrrs(5, csr::kMcycle, 0),
        csrrs(5, csr::kMhartid, 0), csrrs(5, csr::kPmpcfg0, 0), csrrs(5, csr::kMcounteren, 0)})
    expect_trap_in_user_mode(word, 2, word);
}

TEST_F(HartPrivilegeTest, TheTimeoutBitMakesWfiIllegalInUserModeOnly) {
  machine.program({kWfi, kNop}, kCode);
  machine.enter_user(kCode);
  EXPECT_EQ(machine.run(10), Stop::kWfi);
  machine.hart.reset(kRamBase, 0, 0);
  machine.write(csr::kMtvec, kHandler);
  machine.open_memory();
  machine.write(csr::kMstatus, kTw);
  machine.hart.set_pc(kCode);
  EXPECT_EQ(machine.run(10), Stop::kWfi);
  machine.hart.reset(kRamBase, 0, 0);
  machine.write(csr::kMtvec, kHandler);
  machine.open_memory();
  machine.write(csr::kMstatus, kTw);
  expect_trap_in_user_mode(kWfi, 2, kWfi);
}

TEST_F(HartPrivilegeTest, AReservedModeInMppIsNotStored) {
  for (const std::uint32_t legal : {0u, kMpp})
    for (const std::uint32_t reserved : {0x0800u, 0x1000u}) {
      machine.write(csr::kMstatus, legal);
      machine.write(csr::kMstatus, reserved);
      EXPECT_EQ(machine.hart.csr(csr::kMstatus) & kMpp, legal);
    }
}

TEST_F(HartPrivilegeTest, MretToUserModeClearsMprvAndMretToMachineModeKeepsIt) {
  machine.write(csr::kMepc, kCode);
  machine.write(csr::kMstatus, kMprv | kMpp);
  machine.hart.set_pc(kHandler);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.privilege(), Privilege::kMachine);
  EXPECT_EQ(machine.hart.csr(csr::kMstatus) & (kMprv | kMpp), kMprv);
  EXPECT_EQ(machine.hart.context(), 2u);
  machine.hart.set_pc(kHandler);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.privilege(), Privilege::kUser);
  EXPECT_EQ(machine.hart.csr(csr::kMstatus) & (kMprv | kMpp), 0u);
  EXPECT_EQ(machine.hart.context(), 1u);
}

TEST_F(HartPrivilegeTest, InterruptsAreTakenInUserModeWhateverMieSays) {
  machine.program({kNop, kNop}, kCode);
  machine.write(csr::kMie, hart::kTimerInterrupt);
  machine.enter_user(kCode);
  EXPECT_EQ(machine.hart.csr(csr::kMstatus) & 8, 0u);
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.cause(), 0x8000'0007u);
  EXPECT_EQ(machine.hart.csr(csr::kMepc), kCode);
  EXPECT_EQ(machine.hart.privilege(), Privilege::kUser);  // the handler's mret
  EXPECT_EQ(machine.hart.pc(), kCode);
}

TEST_F(HartPrivilegeTest, AnExceptionInAnInterruptVectorGoesToTheExceptionHandler) {
  machine.write(csr::kMtvec, kHandler + 1);
  machine.program({0xffff'ffff}, kHandler + 4 * 7);
  machine.program({kNop}, kCode);
  machine.write(csr::kMie, hart::kTimerInterrupt);
  machine.enter_user(kCode);
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(machine.hart.run(machine.hart.cycle() + 1), Stop::kLimit);
  EXPECT_FALSE(machine.hart.halt());
  EXPECT_EQ(machine.cause(), 2u);
  EXPECT_EQ(machine.hart.csr(csr::kMepc), kHandler + 4 * 7);
}

TEST_F(HartPrivilegeTest, UserCodeAtTheHandlersAddressMayTrap) {
  machine.program({kEcall}, kCode);
  machine.write(csr::kMtvec, kCode + 0x800);
  machine.program({kEcall}, kCode + 0x800);
  machine.enter_user(kCode + 0x800);
  EXPECT_EQ(machine.hart.run(machine.hart.cycle() + 2), Stop::kHalted);  // then the handler does
  EXPECT_EQ(machine.hart.halt().reason, hart::HaltReason::kTrapHandlerFaults);
  EXPECT_EQ(machine.hart.halt().mcause, 11u);
  EXPECT_EQ(machine.cause(), 8u);
}

TEST_F(HartPrivilegeTest, MprvGivesLoadsAndStoresButNotFetchesThePermissionsOfMpp) {
  machine.write(csr::kPmpaddr0 + 15, 0);
  machine.write(csr::kPmpcfg0 + 3, 0);  // user mode: nothing
  machine.program({lw(5, 6, 0), sw(6, 5, 0), atomic(2, 5, 6, 0), atomic(0, 5, 6, 5)}, kCode);
  machine.hart.set_x(6, kData);
  for (std::uint32_t i = 0; i < 4; ++i) {
    machine.write(csr::kMstatus, 0);
    machine.hart.set_pc(kCode + 4 * i);
    EXPECT_EQ(machine.run(1), Stop::kLimit);  // opens a window where it can
    EXPECT_EQ(machine.hart.pc(), kCode + 4 * i + 4);
    machine.write(csr::kMstatus, kMprv);
    machine.hart.set_pc(kCode + 4 * i);
    EXPECT_EQ(machine.run(1), Stop::kLimit);
    EXPECT_EQ(machine.hart.pc(), kHandler);
    EXPECT_EQ(machine.cause(), i % 2 == 0 ? 5u : 7u);
    EXPECT_EQ(machine.value(), kData);
  }
}

}  // namespace
}  // namespace cairn
