// Exceptions, interrupts, CSRs and counters.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/cpu/hart_decode.hpp"
#include "tests/cpu/encode.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

using namespace test;
using hart::Stop;

constexpr std::uint32_t kHandler = kRamBase + 0x400;
constexpr std::uint32_t kCode = kRamBase + 0x200;

class HartTrapTest : public testing::Test {
 protected:
  /// Runs one word at kCode with x5 = kHandler in mtvec and x6 given, and expects this trap.
  void expect_trap(std::uint32_t word, std::uint32_t x6, std::uint32_t cause, std::uint32_t mtval) {
    SCOPED_TRACE(fmt::format("{:#010x}, x6 = {:#010x}", word, x6));
    start({word});
    machine.hart.set_x(6, x6);
    const std::uint64_t instret = machine.hart.instret();
    (void)machine.run(1);
    EXPECT_EQ(machine.hart.pc(), kHandler);
    EXPECT_EQ(machine.hart.csr(hart::csr::kMcause), cause);
    EXPECT_EQ(machine.hart.csr(hart::csr::kMtval), mtval);
    EXPECT_EQ(machine.hart.csr(hart::csr::kMepc), kCode);
    EXPECT_EQ(machine.hart.instret(), instret);
  }
  void start(std::initializer_list<std::uint32_t> words) {
    machine.program({csrrw(0, hart::csr::kMtvec, 5)});
    machine.program({kNop, kNop, kNop, kNop}, kHandler);
    machine.program(words, kCode);
    machine.hart.reset(kRamBase, 0, 0);
    machine.hart.set_x(5, kHandler);
    EXPECT_EQ(machine.run(1), Stop::kLimit);
    machine.hart.set_pc(kCode);
  }
  void enable(std::uint32_t mie, bool global = true) {
    machine.program({csrrw(0, hart::csr::kMie, 7), csrrw(0, hart::csr::kMstatus, 8)}, kCode - 8);
    machine.hart.set_x(7, mie);
    machine.hart.set_x(8, global ? 8 : 0);
    machine.hart.set_pc(kCode - 8);
    machine.hart.set_interrupt_lines(0);
    EXPECT_EQ(machine.run(2), Stop::kLimit);
  }

  TestMachine machine;
};

TEST_F(HartTrapTest, ExceptionsSaveCauseAddressAndValue) {
  expect_trap(kEcall, 0, 11, 0);
  expect_trap(kEbreak, 0, 3, 0);
  expect_trap(0xffff'ffff, 0, 2, 0xffff'ffff);
  expect_trap(0x0000'0000, 0, 2, 0);
  expect_trap(0x1020'0073 /* sret */, 0, 2, 0x1020'0073);
  expect_trap(lw(7, 6, 4), kUnmapped, 5, kUnmapped + 4);
  expect_trap(sw(6, 7, -4), kUnmapped, 7, kUnmapped - 4);
  expect_trap(atomic(2, 7, 6, 0), kRamBase + 1, 4, kRamBase + 1);
  expect_trap(atomic(3, 7, 6, 8), kRamBase + 2, 6, kRamBase + 2);
  expect_trap(atomic(0, 7, 6, 8), kRamBase + 3, 6, kRamBase + 3);
  expect_trap(atomic(2, 7, 6, 0), kUnmapped, 5, kUnmapped);
  expect_trap(atomic(0, 7, 6, 8), kUnmapped, 7, kUnmapped);
}

TEST_F(HartTrapTest, AMisalignedAccessOverTheEndOfMemoryNamesTheByteThatFailed) {
  const auto end = static_cast<std::uint32_t>(kRamBase + machine.ram.size());
  expect_trap(lw(7, 6, 0), end - 2, 5, end);
  expect_trap(sw(6, 7, 0), end - 1, 7, end);
}

TEST_F(HartTrapTest, AFetchFaultNamesTheParcelThatFailed) {
  start({jalr(0, 6, 0)});
  machine.hart.set_x(6, kUnmapped);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.run(1), Stop::kBusAccess);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMcause), 1u);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMepc), kUnmapped);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMtval), kUnmapped);

  const auto end = static_cast<std::uint32_t>(kRamBase + machine.ram.size());
  start({jalr(0, 6, 0)});
  machine.put_half(end - 2, 0x0013);
  machine.hart.set_x(6, end - 2);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.run(1), Stop::kBusAccess);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMepc), end - 2);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMtval), end);
}

TEST_F(HartTrapTest, ReservedCompressedEncodingsAreIllegalWithTheirBitsInMtval) {
  for (const std::uint32_t parcel : {0x0000u,
                                     0x2000u,
                                     0x6000u,
                                     0x8000u,
                                     0xa000u,
                                     0xe000u,
                                     0x6081u /* c.lui 0 */,
                                     0x6101u /* c.addi16sp 0 */,
                                     0x9001u,
                                     0x9401u,
                                     0x9c01u,
                                     0x9c41u,
                                     0x9c61u,
                                     0x1006u,
                                     0x2002u,
                                     0x4002u /* c.lwsp x0 */,
                                     0x6002u,
                                     0x8002u /* c.jr x0 */,
                                     0xa002u,
                                     0xe002u})
    expect_trap(0xffff'0000u | parcel, 0, 2, parcel);
}

TEST_F(HartTrapTest, CsrAccessesThatAreNotAllowedAreIllegal) {
  for (const std::uint32_t word :
       {csrrw(7, 0xf11, 0), csrrs(7, 0xf14, 6), csrrw(0, 0xc00, 0), csrrsi(7, 0xc02, 1),
        csrrs(7, 0x100, 0), csrrs(7, 0x105, 0), csrrs(7, 0x7ff, 0), csrrs(7, 0xb01, 0)})
    expect_trap(word, 0, 2, word);
  start({csrrs(7, 0xf14, 0), csrrs(7, 0xc00, 0)});
  EXPECT_EQ(machine.run(2), Stop::kLimit);
  EXPECT_EQ(machine.hart.pc(), kCode + 8);
}

TEST_F(HartTrapTest, ATrapDisablesInterruptsAndMretRestoresThem) {
  start({kEcall});
  machine.program({kMret}, kHandler);
  enable(0x888);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMstatus), 0x0008u);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMstatus), 0x1880u);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMstatus), 0x0088u);  // MPP: user mode
  EXPECT_EQ(machine.hart.pc(), kCode);
}

TEST_F(HartTrapTest, TheExternalInterruptComesFirstThenSoftwareThenTimer) {
  for (std::uint32_t lines = 1; lines < 8; ++lines) {
    start({kNop, kNop});
    enable(0x888);
    machine.hart.set_interrupt_lines((lines & 1) << 7 | (lines & 2) << 2 | (lines & 4) << 9);
    EXPECT_EQ(machine.run(1), Stop::kLimit);
    EXPECT_EQ(machine.hart.csr(hart::csr::kMcause), 0x8000'0000u | (lines & 4   ? 11
                                                                    : lines & 2 ? 3
                                                                                : 7));
    EXPECT_EQ(machine.hart.csr(hart::csr::kMepc), kCode);
    EXPECT_EQ(machine.hart.csr(hart::csr::kMtval), 0u);
  }
}

TEST_F(HartTrapTest, AnInterruptNeedsItsEnableAndTheGlobalOne) {
  start({kNop, kNop, csrrsi(0, hart::csr::kMstatus, 8), kNop});
  enable(hart::kTimerInterrupt, false);
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt | hart::kExternalInterrupt);
  EXPECT_EQ(machine.run(3), Stop::kLimit);
  EXPECT_EQ(machine.hart.pc(), kCode + 12);
  EXPECT_EQ(machine.run(1), Stop::kLimit);  // right after the instruction that enables it
  EXPECT_EQ(machine.hart.csr(hart::csr::kMcause), 0x8000'0007u);
  EXPECT_EQ(machine.hart.csr(hart::csr::kMepc), kCode + 12);
}

TEST_F(HartTrapTest, VectoredModeSpreadsInterruptsButNotExceptions) {
  start({kNop, kEcall});
  enable(0x888);
  machine.program({csrrw(0, hart::csr::kMtvec, 9)}, kCode - 4);
  machine.program({kNop, kNop, kNop, kNop, kNop, kNop, kNop, kNop}, kHandler);
  machine.hart.set_pc(kCode - 4);
  machine.hart.set_x(9, kHandler + 1);
  machine.hart.invalidate(kCode - 4, 4);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.pc(), kHandler + 4 * 7 + 4);
  machine.hart.set_interrupt_lines(0);
  machine.hart.set_pc(kCode + 4);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.pc(), kHandler);
}

TEST_F(HartTrapTest, WfiWaitsForAnEnabledInterruptEvenIfInterruptsAreOffGlobally) {
  start({kWfi, kNop});
  enable(hart::kTimerInterrupt, false);
  machine.hart.set_interrupt_lines(hart::kExternalInterrupt);
  EXPECT_EQ(machine.run(100), Stop::kWfi);
  EXPECT_EQ(machine.run(100), Stop::kWfi);
  EXPECT_TRUE(machine.hart.waiting_for_interrupt());
  machine.hart.set_interrupt_lines(hart::kTimerInterrupt);
  EXPECT_EQ(machine.run(1), Stop::kLimit);
  EXPECT_EQ(machine.hart.pc(), kCode + 8);
}

TEST_F(HartTrapTest, ATrapBeforeMtvecWasWrittenHalts) {
  machine.program({kNop, kEbreak});
  EXPECT_EQ(machine.run(10), Stop::kHalted);
  EXPECT_EQ(machine.hart.halt().reason, hart::HaltReason::kNoTrapHandler);
  EXPECT_EQ(machine.hart.halt().pc, kRamBase + 4);
  EXPECT_EQ(machine.run(10), Stop::kHalted);
}

TEST_F(HartTrapTest, ATrapInTheFirstInstructionOfTheHandlerHalts) {
  start({kEcall});
  machine.program({0xffff'ffff}, kHandler);
  EXPECT_EQ(machine.run(10), Stop::kHalted);
  EXPECT_EQ(machine.hart.halt().reason, hart::HaltReason::kTrapHandlerFaults);
  EXPECT_EQ(machine.hart.halt().pc, kHandler);
  EXPECT_EQ(machine.hart.halt().mcause, 2u);
}

TEST_F(HartTrapTest, FixedAndMaskedCsrsReadAsDocumented) {
  const auto after_writing = [&](std::uint32_t number, std::uint32_t value) {
    start({csrrw(0, number, 6)});
    machine.hart.set_x(6, value);
    EXPECT_EQ(machine.run(1), Stop::kLimit);
    return machine.hart.csr(number);
  };
  EXPECT_EQ(after_writing(hart::csr::kMisa, 0), 0x4010'1105u);
  EXPECT_EQ(after_writing(hart::csr::kMstatus, ~0u), 0x0022'1888u);
  EXPECT_EQ(after_writing(hart::csr::kMie, ~0u), 0x888u);
  EXPECT_EQ(after_writing(hart::csr::kMip, ~0u), 0u);
  EXPECT_EQ(after_writing(hart::csr::kMepc, ~0u), 0xffff'fffeu);
  EXPECT_EQ(after_writing(hart::csr::kMtvec, kHandler + 1), kHandler + 1);
  EXPECT_EQ(after_writing(hart::csr::kMtvec, 0x1234'5672), kHandler);  // reserved mode: kept
  EXPECT_EQ(after_writing(hart::csr::kMcountinhibit, ~0u), 0x7'fffdu);
  EXPECT_EQ(after_writing(hart::csr::kMscratch, 0x1234'5678), 0x1234'5678u);
  EXPECT_EQ(after_writing(hart::csr::kMcounteren, ~0u), 0x7'ffffu);
  EXPECT_EQ(after_writing(hart::csr::kMenvcfg, ~0u), 1u);
  EXPECT_EQ(after_writing(hart::csr::kMenvcfgh, ~0u), 0u);
  EXPECT_EQ(after_writing(hart::csr::kMstatush, ~0u), 0u);
}

TEST_F(HartTrapTest, CountersCountCanBeWrittenAndCanBeStopped) {
  start({csrrs(10, hart::csr::kMinstret, 0), csrrs(11, hart::csr::kMcycle, 0),
         csrrw(0, hart::csr::kMinstret, 6), csrrs(12, hart::csr::kMinstret, 0),
         csrrw(0, hart::csr::kMinstreth, 6), csrrs(13, hart::csr::kInstreth, 0),
         csrrw(0, hart::csr::kMcountinhibit, 7), csrrs(14, hart::csr::kMinstret, 0),
         csrrs(15, hart::csr::kMcycle, 0), csrrs(16, hart::csr::kMcycle, 0),
         csrrs(17, hart::csr::kMinstret, 0), csrrw(0, hart::csr::kMcountinhibit, 0),
         csrrs(18, hart::csr::kMcycle, 0)});
  machine.hart.set_x(6, 1000);
  machine.hart.set_x(7, 5);
  EXPECT_EQ(machine.run(13), Stop::kLimit);
  EXPECT_EQ(machine.hart.x(10), 1u);  // mtvec was written before
  EXPECT_EQ(machine.hart.x(11), 2u);
  EXPECT_EQ(machine.hart.x(12), 1000u);
  EXPECT_EQ(machine.hart.x(13), 1000u);
  EXPECT_EQ(machine.hart.x(14), 1004u);
  EXPECT_EQ(machine.hart.x(15), 8u);
  EXPECT_EQ(machine.hart.x(16), 8u);
  EXPECT_EQ(machine.hart.x(17), 1004u);
  EXPECT_EQ(machine.hart.x(18), 8u);
}

TEST_F(HartTrapTest, TheTimeCsrsAreReadOverTheBus) {
  start({csrrs(10, hart::csr::kTime, 0), csrrs(11, hart::csr::kTimeh, 0)});
  machine.mtime = 0x1234'5678'9abc'def0;
  EXPECT_EQ(machine.run(2), Stop::kBusAccess);
  EXPECT_EQ(machine.run(2), Stop::kBusAccess);
  EXPECT_EQ(machine.hart.x(10), 0x9abc'def0u);
  EXPECT_EQ(machine.hart.x(11), 0x1234'5678u);
}

}  // namespace
}  // namespace cairn
