// The DMA's C driver, compiled natively, on the real DMA, bus and memories.
#include "firmware/drivers/dma.h"

#include <bit>
#include <cstdint>

#include "tests/firmware/hosted_mmio.hpp"
#include "tests/models/dma_bench.hpp"

namespace cairn {
namespace {

using dma_regs::error_code;

class DmaDriverTest : public test::DmaBench {
 protected:
  static constexpr std::uint32_t kDescriptor = kDram + 0x2'0000;
  static constexpr std::uint32_t kErrors = DMA_EVENT_DONE | DMA_EVENT_ERROR;

  const dma_t channel{kDma, 0};

  DmaDriverTest() { test::connect_mmio(*this); }

  std::uint32_t next_events() {
    wait_for_irq();
    const std::uint32_t events = dma_on_irq(&channel);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
    EXPECT_FALSE(irq.read()) << "acknowledged";
    return events;
  }
};

TEST_F(DmaDriverTest, ProbesTheEngineAndItsChannels) {
  const dma_t second{kDma, 1}, third{kDma, 2}, memory{kDram, 0};
  run([&] {
    EXPECT_EQ(dma_probe(&channel), STATUS_OK);
    EXPECT_EQ(dma_probe(&second), STATUS_OK);
    EXPECT_EQ(dma_probe(&third), STATUS_NOT_FOUND);
    EXPECT_EQ(dma_probe(&memory), STATUS_NOT_FOUND);
  });
}

TEST_F(DmaDriverTest, RefusesARegisterMapItDoesNotKnow) {
  run([&] {
    const dma_t other{kSram, 0};
    std::uint32_t id = read32(kDma);
    for (const int step : {1, -2}) {  // the next version, then the one before this one
      id = id + static_cast<std::uint32_t>(step);
      std::memcpy(sram.data().data(), &id, 4);
      EXPECT_EQ(dma_probe(&other), STATUS_BAD_VERSION) << std::hex << id;
    }
  });
}

TEST_F(DmaDriverTest, CopiesABlockAndSaysWhenItIsDone) {
  fill(dram, 150);
  run([&] {
    ASSERT_EQ(dma_copy(&channel, kDescriptor, kDram, kSram + 3, 150), STATUS_OK);
    EXPECT_EQ(next_events(), DMA_EVENT_DONE);
    EXPECT_EQ(sram.data()[3 + 149], dram.data()[149]);
    EXPECT_EQ(sram.data()[3 + 150], 0);
    EXPECT_EQ(dma_last_error(&channel).code, error_code::kNone);
  });
}

TEST_F(DmaDriverTest, ACopyOverwritesWhatADescriptorLeftBehind) {
  fill(dram, 64);
  std::memset(&dram.data()[kDescriptor - kDram], 0xff, 64);
  run([&] {
    ASSERT_EQ(dma_copy(&channel, kDescriptor, kDram, kSram, 64), STATUS_OK);
    EXPECT_EQ(next_events(), DMA_EVENT_DONE);
  });
}

TEST_F(DmaDriverTest, RefusesBadCopiesWithoutTouchingTheDevice) {
  run([&] {
    EXPECT_EQ(dma_copy(&channel, kDescriptor, kDram, kSram, 0), STATUS_BAD_ARG);
    EXPECT_EQ(dma_copy(&channel, kDescriptor + 4, kDram, kSram, 64), STATUS_BAD_ARG);
    EXPECT_EQ(dma_copy(&channel, kDescriptor, kDram, kSram, DMA_COPY_MAX_BYTES + 1),
              STATUS_BAD_ARG);
    EXPECT_EQ(dma_set_list(&channel, kDescriptor, 0, kErrors), STATUS_BAD_ARG);
    EXPECT_EQ(dma_set_list(&channel, kDescriptor + 32, 1, kErrors), STATUS_BAD_ARG);
    EXPECT_EQ(dma_set_list(&channel, kDescriptor, 1, 8), STATUS_BAD_ARG);
    EXPECT_EQ(dma_set_region(&channel, static_cast<dma_region_t>(0), 0, 0), STATUS_BAD_ARG);
    EXPECT_EQ(get<dma_regs::list>(), 0u);
    EXPECT_EQ(get<dma_regs::status>(), 0u);
    EXPECT_EQ(get<dma_regs::limit>(), 0u);
  });
}

TEST_F(DmaDriverTest, ABusyChannelKeepsItsListAndItsDescriptor) {
  run([&] {
    ASSERT_EQ(dma_copy(&channel, kDescriptor, kDram, kSram, 1000), STATUS_OK);
    EXPECT_EQ(dma_copy(&channel, kDescriptor, kDram, kSram, 4), STATUS_BUSY);
    EXPECT_EQ(dma_set_list(&channel, kList, 1, kErrors), STATUS_BUSY);
    EXPECT_EQ(dma_start(&channel), STATUS_BUSY);
    EXPECT_EQ(get<dma_regs::list>(), kDescriptor);
    EXPECT_EQ(next_events(), DMA_EVENT_DONE);
  });
}

TEST_F(DmaDriverTest, WalksAListWithRegionsForAllBases) {
  fill(dram, 0x100);
  std::vector<job::Descriptor> list;
  for (std::uint8_t base = DMA_REGION_JOB; base <= DMA_REGION_WEIGHTS; ++base) {
    job::Descriptor d = row(8);
    d.source_base = base;
    d.source_offset = 0;
    d.target_offset = kSram + 8u * base;
    list.push_back(d);
  }
  place(list);
  run([&] {
    for (std::uint32_t base = DMA_REGION_JOB; base <= DMA_REGION_WEIGHTS; ++base)
      ASSERT_EQ(dma_set_region(&channel, static_cast<dma_region_t>(base), kDram + 16 * base, 8),
                STATUS_OK);
    ASSERT_EQ(dma_set_list(&channel, kList, 6, kErrors), STATUS_OK);
    ASSERT_EQ(dma_start(&channel), STATUS_OK);
    EXPECT_EQ(next_events(), DMA_EVENT_DONE);
    for (std::size_t base = DMA_REGION_JOB; base <= DMA_REGION_WEIGHTS; ++base)
      EXPECT_EQ(sram.data()[8 * base], dram.data()[16 * base]) << "region " << base;
  });
}

TEST_F(DmaDriverTest, ARowOutsideItsRegionIsReportedWithItsAddress) {
  job::Descriptor d = row(8);
  d.source_base = DMA_REGION_INPUT;
  d.source_offset = 4;
  place({row(8), d});
  run([&] {
    ASSERT_EQ(dma_set_region(&channel, DMA_REGION_INPUT, kDram, 8), STATUS_OK);
    ASSERT_EQ(dma_set_list(&channel, kList, 2, kErrors), STATUS_OK);
    ASSERT_EQ(dma_start(&channel), STATUS_OK);
    EXPECT_EQ(next_events(), DMA_EVENT_ERROR);
    const dma_error_t error = dma_last_error(&channel);
    EXPECT_EQ(error.code, error_code::kOutsideWindow);
    EXPECT_EQ(error.address, kDram + 4);
    EXPECT_EQ(error.index, 1u);
  });
}

TEST_F(DmaDriverTest, AnUnmappedSourceIsAnErrorEvent) {
  run([&] {
    ASSERT_EQ(dma_copy(&channel, kDescriptor, kNowhere, kSram, 64), STATUS_OK);
    EXPECT_EQ(next_events(), DMA_EVENT_ERROR);
    EXPECT_EQ(dma_last_error(&channel).code, error_code::kReadFailed);
    EXPECT_EQ(dma_last_error(&channel).address, kNowhere);
  });
}

TEST_F(DmaDriverTest, AStartDropsTheEventsOfTheListBefore) {
  place({row(64)});
  run([&] {
    ASSERT_EQ(dma_copy(&channel, kDescriptor, kNowhere, kSram, 64), STATUS_OK);
    wait_for_irq();
    ASSERT_EQ(dma_set_list(&channel, kList, 1, kErrors), STATUS_OK);
    ASSERT_EQ(dma_start(&channel), STATUS_OK);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
    EXPECT_EQ(next_events(), DMA_EVENT_DONE);
  });
}

TEST_F(DmaDriverTest, AbortEndsAListThatWaitsForItsToken) {
  job::Descriptor d = row(64);
  d.wait_count = 1;
  place({d});
  run([&] {
    ASSERT_EQ(dma_set_list(&channel, kList, 1, kErrors), STATUS_OK);
    ASSERT_EQ(dma_start(&channel), STATUS_OK);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    EXPECT_EQ(dma_on_irq(&channel), 0u) << "nothing has happened";
    dma_abort(&channel);
    EXPECT_EQ(next_events(), DMA_EVENT_ERROR);
    EXPECT_EQ(dma_last_error(&channel).code, error_code::kAborted);
  });
}

}  // namespace
}  // namespace cairn
