// The C drivers of interrupt controller, timer and finisher, compiled natively, on the real models.
#include "firmware/drivers/clint.h"
#include "firmware/drivers/finisher.h"
#include "firmware/drivers/plic.h"

#include <vector>

#include "models/clint/clint.hpp"
#include "models/finisher/finisher.hpp"
#include "models/plic/plic.hpp"
#include "tests/firmware/hosted_mmio.hpp"

namespace cairn {
namespace {

using sc_core::sc_time;
using sc_core::sc_time_stamp;

sc_time us(unsigned n) {
  return {double(n), sc_core::SC_US};
}

class PlicDriverTest : public test::Bench {
 protected:
  Plic model{"plic"};
  sc_core::sc_signal<bool> line10{"line10"}, line40{"line40"}, external{"external_line"};
  const plic_t plic{0};

  PlicDriverTest() {
    host.bus.bind(model.bus);
    model.source[10](line10);
    model.source[40](line40);
    model.external.pin(external);
    test::connect_mmio(*this);
  }
  static void settle() { sc_core::wait(sc_time(1, sc_core::SC_NS)); }
};

TEST_F(PlicDriverTest, AnEnabledSourceIsClaimedOnceAndAgainAfterItIsComplete) {
  run([&] {
    plic_init(&plic);
    ASSERT_EQ(plic_enable(&plic, 40, 1), STATUS_OK);
    line40 = true;
    settle();
    EXPECT_TRUE(external.read());
    EXPECT_EQ(plic_claim(&plic), 40u);
    EXPECT_EQ(plic_claim(&plic), 0u);
    settle();
    EXPECT_FALSE(external.read());
    plic_complete(&plic, 40);
    settle();
    EXPECT_TRUE(external.read()) << "the line is still high";
  });
}

TEST_F(PlicDriverTest, TheHigherPriorityIsClaimedFirst) {
  run([&] {
    plic_init(&plic);
    ASSERT_EQ(plic_enable(&plic, 10, 1), STATUS_OK);
    ASSERT_EQ(plic_enable(&plic, 40, PLIC_PRIORITY_HIGHEST), STATUS_OK);
    line10 = true;
    line40 = true;
    settle();
    EXPECT_EQ(plic_claim(&plic), 40u);
    EXPECT_EQ(plic_claim(&plic), 10u);
  });
}

TEST_F(PlicDriverTest, ADisabledSourceIsSilentAndItsNeighbourIsNot) {
  run([&] {
    plic_init(&plic);
    ASSERT_EQ(plic_enable(&plic, 10, 1), STATUS_OK);
    ASSERT_EQ(plic_enable(&plic, 11, 1), STATUS_OK);
    ASSERT_EQ(plic_disable(&plic, 11), STATUS_OK);
    line10 = true;
    settle();
    EXPECT_EQ(plic_claim(&plic), 10u);
    plic_complete(&plic, 10);
    ASSERT_EQ(plic_disable(&plic, 10), STATUS_OK);
    settle();
    EXPECT_FALSE(external.read());
  });
}

TEST_F(PlicDriverTest, RefusesSourcesAndPrioritiesThatDoNotExist) {
  run([&] {
    EXPECT_EQ(plic_enable(&plic, 0, 1), STATUS_BAD_ARG);
    EXPECT_EQ(plic_enable(&plic, 96, 1), STATUS_BAD_ARG);
    EXPECT_EQ(plic_enable(&plic, 10, 0), STATUS_BAD_ARG);
    EXPECT_EQ(plic_enable(&plic, 10, 8), STATUS_BAD_ARG);
    EXPECT_EQ(plic_disable(&plic, 96), STATUS_BAD_ARG);
    EXPECT_EQ(read32(0x2000), 0u);
  });
}

class ClintDriverTest : public test::Bench {
 protected:
  Clint model{"clint"};
  sc_core::sc_signal<bool> timer{"timer_line"}, software{"software_line"};
  const clint_t clint{0};

  ClintDriverTest() {
    host.bus.bind(model.bus);
    model.timer.pin(timer);
    model.software.pin(software);
    test::connect_mmio(*this);
  }
};

TEST_F(ClintDriverTest, TimeIsCountedInTicksOf100Nanoseconds) {
  run([&] {
    sc_core::wait(us(50) - sc_time_stamp());
    EXPECT_EQ(clint_time(&clint), 500u);
  });
}

TEST_F(ClintDriverTest, TimeIsWholeWhenTheLowWordWraps) {
  run([&] {
    write32(0xbffc, 6);
    write32(0xbff8, 0xffff'ffff);
    sc_core::wait(sc_time(90, sc_core::SC_NS));
    EXPECT_EQ(clint_time(&clint) >> 32, 7u);
  });
}

TEST_F(ClintDriverTest, TheTimerInterruptsAtItsDeadlineUntilItIsStopped) {
  run([&] {
    clint_stop(&clint);
    sc_core::wait(us(1));
    EXPECT_FALSE(timer.read());
    clint_set_deadline(&clint, 200);
    sc_core::wait(timer.posedge_event());
    EXPECT_EQ(sc_time_stamp(), us(20));
    clint_stop(&clint);
    sc_core::wait(us(1));
    EXPECT_FALSE(timer.read());
  });
}

TEST_F(ClintDriverTest, MovingADeadlineThatIsFarAwayNeverInterrupts) {
  constexpr std::uint64_t kLow = 0x0'ffff'ffff, kHigh = 0x1'0000'0000;  // mixed words: in the past
  unsigned interrupts = 0;
  run([&] {
    clint_stop(&clint);
    sc_core::wait(us(1));
    sc_core::sc_spawn_options on_rise;
    on_rise.spawn_method();
    on_rise.dont_initialize();
    on_rise.set_sensitivity(&timer.posedge_event());
    sc_core::sc_spawn([&] { ++interrupts; }, "count", &on_rise);
    for (const std::uint64_t deadline : {kHigh, kLow, kHigh})
      clint_set_deadline(&clint, deadline);
    sc_core::wait(us(1));
  });
  EXPECT_EQ(interrupts, 0u);
}

TEST_F(ClintDriverTest, TheSoftwareInterruptIsRaisedAndCleared) {
  run([&] {
    clint_raise_software(&clint);
    sc_core::wait(us(1));
    EXPECT_TRUE(software.read());
    clint_clear_software(&clint);
    sc_core::wait(us(1));
    EXPECT_FALSE(software.read());
  });
}

class FinisherDriverTest : public test::Bench {
 protected:
  Finisher model{"finisher"};
  const finisher_t finisher{0};
  std::vector<Finish> ends;

  FinisherDriverTest() {
    host.bus.bind(model.bus);
    model.on_finish([this](const Finish& f) { ends.push_back(f); });
    test::connect_mmio(*this);
  }
};

TEST_F(FinisherDriverTest, ZeroPassesAndAnythingElseFailsWithItsCode) {
  run([&] {
    finisher_end(&finisher, 0);
    finisher_end(&finisher, 0xabcd);
    ASSERT_EQ(ends.size(), 2u);
    EXPECT_EQ(ends[0].kind, Finish::Kind::kPass);
    EXPECT_EQ(ends[1].kind, Finish::Kind::kFail);
    EXPECT_EQ(ends[1].code, 0xabcd);
  });
}

}  // namespace
}  // namespace cairn
