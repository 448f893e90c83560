// Interrupt controller.
#include "models/plic/plic.hpp"

#include "plic_regs.hpp"
#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using namespace plic_regs;
using sc_core::SC_NS;
using sc_core::sc_time;

class PlicTest : public test::Bench {
 protected:
  Plic plic{"plic"};
  sc_core::sc_signal<bool> uart{"uart"};  // source 10
  sc_core::sc_signal<bool> npu{"npu"};    // source 40
  sc_core::sc_signal<bool> dma{"dma"};    // source 95
  sc_core::sc_signal<bool> external{"external"};

  PlicTest() {
    host.bus.bind(plic.bus);
    plic.source[10](uart);
    plic.source[40](npu);
    plic.source[95](dma);
    plic.external.pin(external);
  }

  void enable_source(std::uint32_t id, std::uint32_t level) {
    write32(priority::offset(id), level);
    write32(enable::offset(id / 32), read32(enable::offset(id / 32)) | 1u << id % 32);
  }
  void drive(sc_core::sc_signal<bool>& line, bool level) {
    line.write(level);
    wait(sc_time(1, SC_NS));
  }
  bool interrupted() {
    wait(sc_time(1, SC_NS));
    return external.read();
  }
  std::uint32_t claim_one() { return read32(claim::offset); }
  void complete(std::uint32_t id) { write32(claim::offset, id); }
};

TEST_F(PlicTest, ASourceInterruptsOnceItHasAPriorityAndIsEnabled) {
  run([&] {
    drive(uart, true);
    EXPECT_EQ(read32(pending::offset(0)), 1u << 10);
    EXPECT_FALSE(interrupted());
    write32(enable::offset(0), 1u << 10);
    EXPECT_FALSE(interrupted()) << "priority 0 never interrupts";
    write32(priority::offset(10), 1);
    EXPECT_TRUE(interrupted());
  });
}

TEST_F(PlicTest, ClaimsComeByPriorityThenByNumber) {
  run([&] {
    enable_source(10, 3);
    enable_source(40, 5);
    enable_source(95, 5);
    drive(uart, true);
    drive(dma, true);
    drive(npu, true);
    EXPECT_EQ(claim_one(), 40u);
    EXPECT_EQ(claim_one(), 95u);
    EXPECT_EQ(claim_one(), 10u);
    EXPECT_EQ(claim_one(), 0u);
    EXPECT_FALSE(interrupted());
  });
}

TEST_F(PlicTest, OnlyPrioritiesAboveTheThresholdInterruptOrAreClaimed) {
  run([&] {
    enable_source(10, 3);
    drive(uart, true);
    write32(threshold::offset, 3);
    EXPECT_FALSE(interrupted());
    EXPECT_EQ(claim_one(), 0u);
    write32(threshold::offset, 2);
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(claim_one(), 10u);
  });
}

TEST_F(PlicTest, ASourceStillHighIsPendingAgainOnlyAfterItsCompletion) {
  run([&] {
    enable_source(10, 1);
    drive(uart, true);
    EXPECT_EQ(claim_one(), 10u);
    drive(uart, false);
    drive(uart, true);
    EXPECT_EQ(read32(pending::offset(0)), 0u) << "in service";
    complete(10);
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(claim_one(), 10u);
    drive(uart, false);
    complete(10);
    EXPECT_FALSE(interrupted());
    EXPECT_EQ(claim_one(), 0u);
  });
}

TEST_F(PlicTest, ARequestStaysPendingWhenItsSourceFalls) {
  run([&] {
    enable_source(10, 1);
    drive(uart, true);
    drive(uart, false);
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(claim_one(), 10u);
  });
}

TEST_F(PlicTest, CompletingASourceThatIsNotEnabledDoesNothing) {
  run([&] {
    enable_source(10, 1);
    drive(uart, true);
    EXPECT_EQ(claim_one(), 10u);
    write32(enable::offset(0), 0);
    complete(10);
    complete(96);
    write32(enable::offset(0), 1u << 10);
    EXPECT_FALSE(interrupted()) << "still in service";
    complete(10);
    EXPECT_TRUE(interrupted());
  });
}

TEST_F(PlicTest, RegistersKeepOnlyTheBitsThatExist) {
  run([&] {
    write32(priority::offset(10), 0xff);
    EXPECT_EQ(read32(priority::offset(10)), 7u);
    write32(priority::offset(0), 7);
    EXPECT_EQ(read32(priority::offset(0)), 0u);
    write32(threshold::offset, 0xff);
    EXPECT_EQ(read32(threshold::offset), 7u);
    write32(pending::offset(0), 0xffff'ffff);
    EXPECT_EQ(read32(pending::offset(0)), 0u);
  });
}

TEST_F(PlicTest, ContextOneAndUnusedOffsetsReadAsZero) {
  run([&] {
    for (const std::uint64_t offset : {0x2080u, 0x200cu, 0x3000u, 0x20'1000u, 0x20'1004u}) {
      write32(offset, 0xffff'ffff);
      EXPECT_EQ(read32(offset), 0u) << offset;
    }
  });
}

TEST_F(PlicTest, TakesAlignedWordsOnly) {
  run([&] {
    std::uint64_t v = 0;
    EXPECT_EQ(host.read(priority::offset(1), &v, 1), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(host.read(priority::offset(2), &v, 8), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_TLM_ADDRESS_ERROR(host.read(priority::offset(1) + 2, &v, 4));
  });
}

TEST_F(PlicTest, ADebugReadShowsTheClaimWithoutTakingIt) {
  run([&] {
    enable_source(10, 1);
    drive(uart, true);
    std::uint32_t v = 0;
    EXPECT_EQ(host.debug_read(claim::offset, &v, 4), 4u);
    EXPECT_EQ(v, 10u);
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(claim_one(), 10u);
  });
}

}  // namespace
}  // namespace cairn
