// Timer and software interrupt.
#include "models/clint/clint.hpp"

#include "clint_regs.hpp"
#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using namespace clint_regs;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_US;
using sc_core::SC_ZERO_TIME;

class ClintTest : public test::Bench {
 protected:
  Clint clint{"clint"};
  sc_core::sc_signal<bool> software{"software"};
  sc_core::sc_signal<bool> timer{"timer"};

  ClintTest() {
    host.bus.bind(clint.bus);
    clint.software.pin(software);
    clint.timer.pin(timer);
  }

  void set_compare(std::uint64_t value) {
    write32(mtimecmp_lo::offset, 0xffff'ffff);
    write32(mtimecmp_hi::offset, static_cast<std::uint32_t>(value >> 32));
    write32(mtimecmp_lo::offset, static_cast<std::uint32_t>(value));
  }
  void settle() { wait(sc_time(1, SC_NS)); }
};

TEST_F(ClintTest, StartsWithTheTimerPendingSinceTheCompareValueIsZero) {
  run([&] {
    settle();
    EXPECT_TRUE(timer.read());
    EXPECT_FALSE(software.read());
    EXPECT_EQ(read32(mtimecmp_lo::offset), 0u);
  });
}

TEST_F(ClintTest, MtimeCountsAtTenMegahertz) {
  run([&] {
    wait(sc_time(12'340, SC_NS) - sc_time(10, SC_NS));  // the access itself takes 10 ns
    EXPECT_EQ(read32(mtime_lo::offset), 123u);
    EXPECT_EQ(read32(mtime_hi::offset), 0u);
    EXPECT_EQ(clint.mtime(sc_time(99'999, sc_core::SC_PS)), 0u);
    EXPECT_EQ(clint.mtime(sc_time(100, SC_NS)), 1u);
  });
}

TEST_F(ClintTest, ACompareValueInTheFutureInterruptsExactlyThen) {
  run([&] {
    set_compare(50);
    settle();
    EXPECT_FALSE(timer.read());
    wait(timer.posedge_event());
    EXPECT_EQ(sc_time_stamp(), sc_time(5, SC_US));
  });
}

TEST_F(ClintTest, ACompareValueInThePastInterruptsAtOnce) {
  run(
      [&] {
        set_compare(1'000'000);
        wait(sc_time(2, SC_US));
        EXPECT_FALSE(timer.read());
        set_compare(3);
        settle();
        EXPECT_TRUE(timer.read());
      },
      sc_time(10, SC_MS));
}

TEST_F(ClintTest, MovingTheCompareValueCancelsTheOldMatch) {
  run([&] {
    set_compare(20);
    set_compare(40);
    wait(sc_time(3, SC_US));
    EXPECT_FALSE(timer.read());
    wait(timer.posedge_event());
    EXPECT_EQ(sc_time_stamp(), sc_time(4, SC_US));
  });
}

TEST_F(ClintTest, TheGreatestCompareValueNeverInterrupts) {
  run([&] {
    set_compare(~std::uint64_t{0});
    settle();
    EXPECT_FALSE(timer.read());
    EXPECT_FALSE(sc_core::sc_pending_activity_at_future_time()) << "nothing is left to simulate";
  });
}

TEST_F(ClintTest, WritingMtimeMovesTheClockAndTheMatch) {
  run([&] {
    set_compare(0x1'0000'0010);
    write32(mtime_hi::offset, 1);
    write32(mtime_lo::offset, 0);
    const sc_time start = sc_time_stamp();
    EXPECT_EQ(read32(mtime_hi::offset), 1u);
    wait(timer.posedge_event());
    EXPECT_EQ(clint.mtime(sc_time_stamp()), 0x1'0000'0010u);
    EXPECT_LE(sc_time_stamp() - start, sc_time(1600, SC_NS));
    EXPECT_GT(sc_time_stamp() - start, sc_time(1500, SC_NS));
  });
}

TEST_F(ClintTest, MsipDrivesTheSoftwareInterruptWithItsOneBit) {
  run([&] {
    write32(msip::offset, 0xffff'ffff);
    settle();
    EXPECT_TRUE(software.read());
    EXPECT_EQ(read32(msip::offset), 1u);
    write32(msip::offset, 0);
    settle();
    EXPECT_FALSE(software.read());
  });
}

TEST_F(ClintTest, TakesWordsAndDoublewordsOnly) {
  run([&] {
    std::uint64_t v = 0x0000'0002'0000'0001;
    EXPECT_TLM_OK(host.write(mtimecmp_lo::offset, &v, 8));
    EXPECT_EQ(clint.mtimecmp(), v);
    v = 0;
    EXPECT_TLM_OK(host.read(mtimecmp_lo::offset, &v, 8));
    EXPECT_EQ(v, 0x0000'0002'0000'0001u);
    EXPECT_EQ(host.read(mtimecmp_lo::offset, &v, 2), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(host.read(mtimecmp_lo::offset, &v, 1), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_TLM_ADDRESS_ERROR(host.read(mtimecmp_hi::offset, &v, 8));
    EXPECT_EQ(read32(0x8), 0u) << "other harts read as zero";
  });
}

TEST_F(ClintTest, DebugReadsSeeTheTimeAndDebugWritesRaiseNothing) {
  run([&] {
    set_compare(~std::uint64_t{0});
    wait(sc_time(1, SC_US));
    std::uint64_t now = 0;
    EXPECT_EQ(host.debug_read(mtime_lo::offset, &now, 8), 8u);
    EXPECT_EQ(now, 10u);
    const std::uint32_t one = 1;
    EXPECT_EQ(host.debug_write(msip::offset, &one, 4), 4u);
    settle();
    EXPECT_FALSE(software.read());
  });
}

}  // namespace
}  // namespace cairn
