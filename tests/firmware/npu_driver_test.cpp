// The NPU's C driver, compiled natively: its job check on memory, and a job with its DMA channel on
// the real NPU, DMA, bus and memory.
#include "firmware/drivers/npu.h"

#include <cstring>
#include <functional>
#include <vector>

#include "firmware/drivers/dma.h"
#include "models/dma/dma.hpp"
#include "tests/firmware/hosted_mmio.hpp"
#include "tests/npu/npu_bench.hpp"

namespace cairn {
namespace {

/// An image of one barrier that waits for the DMA's one descriptor, which copies the header's first
/// eight bytes to its input.
class NpuDriverTest : public test::NpuBench {
 protected:
  static constexpr std::uint32_t kDma = 0x4100'0000;
  static constexpr std::uint32_t kImage = kDram + 0x1000;
  static constexpr std::uint32_t kInput = kDram + 0x8000;
  static constexpr std::uint32_t kAll = NPU_EVENT_DONE | NPU_EVENT_ERROR;

  Dma dma{"dma0", 1};
  sc_core::sc_signal<bool> dma_irq{"dma_irq_line"};
  npu_t found{};
  crc32_t crc{};
  const dma_t channel{kDma, 0};

  struct Image {
    job::Header header{};
    job::Command command{};
    job::Descriptor descriptor{};
  };
  static_assert(sizeof(Image) == 192);

  NpuDriverTest() : NpuBench(defaults()) {
    bus.connect(dma.master, "dma0");
    bus.map(kDma, dma_regs::kBlockBytes, dma.bus);
    dma.irq.pin(dma_irq);
    dma.bind_tokens(0, npu.tokens);
    test::connect_mmio(*this);
    crc32_init(&crc);
  }

  Image image() const {
    Image i;
    i.header = {.magic = job::kMagic,
                .version = job::kVersion,
                .core = defaults().geometry.core_id,
                .geometry_hash = defaults().geometry.hash(),
                .crc = 0,
                .image_bytes = sizeof i,
                .command_offset = 64,
                .command_count = 1,
                .descriptor_offset = 128,
                .descriptor_count = 1,
                .names_offset = 0,
                .names_bytes = 0,
                .input_bytes = 8,
                .output_bytes = 10,
                .scratch_bytes = 0,
                .layer_count = 0,
                .setup_commands = 0,
                .setup_descriptors = 0};
    i.command.kind = static_cast<std::uint8_t>(job::Kind::kBarrier);
    i.command.wait_token = job::kTokenLoaded;
    i.command.wait_count = 1;
    i.descriptor.source_base = DMA_REGION_JOB;
    i.descriptor.target_base = DMA_REGION_INPUT;
    i.descriptor.row_bytes = 8;
    i.descriptor.rows = i.descriptor.planes = 1;
    i.descriptor.signal_token = job::kTokenLoaded;
    i.descriptor.signal_count = 1;
    seal(i);
    return i;
  }

  void seal(Image& i) const {
    i.header.crc = 0;
    i.header.crc = ~crc32_update(&crc, CRC32_START, &i, sizeof i);
  }

  void place(const Image& i) { std::memcpy(&dram.data()[kImage - kDram], &i, sizeof i); }

  status_t check(const Image& i, npu_job_t* job, std::uint32_t bytes = sizeof(Image)) {
    return npu_check_job(&found, &crc, &i, bytes, job);
  }
};

TEST_F(NpuDriverTest, ProbesAnNpuAndReadsWhatItIs) {
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    EXPECT_EQ(found.core, defaults().geometry.core_id);
    EXPECT_EQ(found.geometry_hash, defaults().geometry.hash());
    EXPECT_EQ(found.features_bytes, npu.features.bytes());
    EXPECT_EQ(found.weights_bytes, npu.weights.bytes());
    EXPECT_EQ(found.buffer_bytes, npu.buffer.bytes());
    EXPECT_EQ(found.feature_bits, 8u);
    EXPECT_EQ(npu_probe(&found, kDma), STATUS_NOT_FOUND);
    EXPECT_EQ(found.base, kNpu) << "untouched";
  });
}

TEST_F(NpuDriverTest, AcceptsAJobForThisNpu) {
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    npu_job_t job{};
    ASSERT_EQ(check(image(), &job), STATUS_OK);
    EXPECT_EQ(job.image_bytes, 192u);
    EXPECT_EQ(job.command_offset, 64u);
    EXPECT_EQ(job.descriptor_offset, 128u);
    EXPECT_EQ(job.input_bytes, 8u);
    EXPECT_EQ(job.output_bytes, 10u);
  });
}

TEST_F(NpuDriverTest, RefusesEveryDamagedOrForeignJobWithItsOwnCode) {
  struct Case {
    status_t expected;
    bool sealed;  ///< with a CRC that matches
    std::function<void(Image&)> change;
  };
  const std::vector<Case> cases = {
      {STATUS_BAD_MAGIC, true, [](Image& i) { i.header.magic ^= 1; }},
      {STATUS_BAD_VERSION, true, [](Image& i) { i.header.version = job::kVersion + 1; }},
      {STATUS_BAD_VERSION, true, [](Image& i) { i.header.version = job::kVersion - 1; }},
      {STATUS_BAD_CRC, false, [](Image& i) { i.descriptor.target_offset ^= 0x100; }},
      {STATUS_BAD_CRC, false, [](Image& i) { i.header.crc ^= 1u << 31; }},
      {STATUS_BAD_CRC, false, [](Image& i) { i.header.core ^= 2; }},
      {STATUS_WRONG_CORE, true, [](Image& i) { i.header.core ^= 2; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.setup_commands = 1; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.setup_descriptors = 1; }},
      {STATUS_WRONG_CONFIGURATION, true, [](Image& i) { i.header.geometry_hash ^= 2; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.image_bytes = 193; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.image_bytes = 60; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.command_count = 3; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.command_count = 0; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.command_count = 0x0400'0001; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.command_offset = 96; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.descriptor_offset = 0xffff'ffc0; }},
      {STATUS_BAD_LAYOUT, true, [](Image& i) { i.header.descriptor_count = 2; }},
  };
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    for (std::size_t n = 0; n < cases.size(); ++n) {
      SCOPED_TRACE("case " + std::to_string(n));
      Image i = image();
      cases[n].change(i);
      if (cases[n].sealed) seal(i);
      npu_job_t job{};
      job.image_bytes = 77;
      EXPECT_EQ(check(i, &job), cases[n].expected);
      EXPECT_EQ(job.image_bytes, 77u) << "untouched";
    }
  });
}

TEST_F(NpuDriverTest, RefusesAnImageThatEndsEarly) {
  run([&] {
    npu_job_t job{};
    EXPECT_EQ(check(image(), &job, 191), STATUS_BAD_LAYOUT);
    EXPECT_EQ(check(image(), &job, 63), STATUS_BAD_LAYOUT);
    EXPECT_EQ(check(image(), &job, 3), STATUS_BAD_ARG);
  });
}

TEST_F(NpuDriverTest, AJobRunsAgainAndAgainTogetherWithItsDmaChannel) {
  const Image i = image();
  place(i);
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    npu_job_t job{};
    ASSERT_EQ(check(i, &job), STATUS_OK);
    ASSERT_EQ(npu_set_job(&found, kImage, &job, kAll), STATUS_OK);
    ASSERT_EQ(dma_set_region(&channel, DMA_REGION_JOB, kImage, job.image_bytes), STATUS_OK);
    ASSERT_EQ(dma_set_list(&channel, kImage + job.descriptor_offset, job.descriptor_count,
                           DMA_EVENT_DONE | DMA_EVENT_ERROR),
              STATUS_OK);
    for (std::uint32_t n = 0; n < 3; ++n) {
      ASSERT_EQ(dma_set_region(&channel, DMA_REGION_INPUT, kInput + 64 * n, job.input_bytes),
                STATUS_OK);
      ASSERT_EQ(npu_start(&found), STATUS_OK);
      EXPECT_EQ(npu_start(&found), STATUS_BUSY) << "it waits for the token";
      ASSERT_EQ(dma_start(&channel), STATUS_OK);
      wait_for_irq();
      EXPECT_EQ(npu_on_irq(&found), NPU_EVENT_DONE);
      EXPECT_EQ(dma_on_irq(&channel), DMA_EVENT_DONE);
      EXPECT_EQ(std::memcmp(&dram.data()[kInput + 64 * n - kDram], &i, 8), 0);
      sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
      EXPECT_FALSE(irq.read()) << "acknowledged";
      EXPECT_FALSE(dma_irq.read()) << "acknowledged";
    }
    npu_counters_t counters{};
    npu_read_counters(&found, true, &counters);
    EXPECT_EQ(counters.value[13], 3u) << "jobs";
    EXPECT_EQ(counters.value[14], 3u) << "commands";
    npu_read_counters(&found, false, &counters);
    EXPECT_EQ(counters.value[13], 0u) << "cleared";
  });
}

TEST_F(NpuDriverTest, ABadCommandIsAnErrorEventWithItsIndex) {
  Image i = image();
  i.command.kind = 200;
  i.command.wait_count = 0;
  seal(i);
  place(i);
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    npu_job_t job{};
    ASSERT_EQ(check(i, &job), STATUS_OK);
    ASSERT_EQ(npu_set_job(&found, kImage, &job, kAll), STATUS_OK);
    ASSERT_EQ(npu_start(&found), STATUS_OK);
    wait_for_irq();
    EXPECT_EQ(npu_on_irq(&found), NPU_EVENT_ERROR);
    const npu_error_t error = npu_last_error(&found);
    EXPECT_EQ(error.code, 1u);
    EXPECT_EQ(error.command, 0u);
  });
}

TEST_F(NpuDriverTest, AbortEndsAJobThatWaits) {
  place(image());
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    npu_job_t job{};
    ASSERT_EQ(check(image(), &job), STATUS_OK);
    ASSERT_EQ(npu_set_job(&found, kImage, &job, kAll), STATUS_OK);
    ASSERT_EQ(npu_start(&found), STATUS_OK);
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    EXPECT_EQ(npu_on_irq(&found), 0u) << "nothing has happened";
    npu_abort(&found);
    wait_for_irq();
    EXPECT_EQ(npu_on_irq(&found), NPU_EVENT_ERROR);
    EXPECT_EQ(npu_last_error(&found).code, 5u);
  });
}

TEST_F(NpuDriverTest, AnEventThatIsNotEnabledIsKeptUntilItIs) {
  Image i = image();
  i.command.wait_count = 0;
  seal(i);
  place(i);
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    npu_job_t job{};
    ASSERT_EQ(check(i, &job), STATUS_OK);
    ASSERT_EQ(npu_set_job(&found, kImage, &job, NPU_EVENT_ERROR), STATUS_OK);
    ASSERT_EQ(npu_start(&found), STATUS_OK);
    sc_core::wait(sc_core::sc_time(5, sc_core::SC_US));
    EXPECT_FALSE(irq.read());
    ASSERT_EQ(npu_enable_events(&found, kAll), STATUS_OK);
    wait_for_irq();
    EXPECT_EQ(npu_on_irq(&found), NPU_EVENT_DONE);
  });
}

TEST_F(NpuDriverTest, RefusesAMisplacedImageWithoutTouchingTheNpu) {
  run([&] {
    ASSERT_EQ(npu_probe(&found, kNpu), STATUS_OK);
    npu_job_t job{};
    ASSERT_EQ(check(image(), &job), STATUS_OK);
    EXPECT_EQ(npu_set_job(&found, kImage + 4, &job, kAll), STATUS_BAD_ARG);
    EXPECT_EQ(npu_set_job(&found, kImage, &job, 4), STATUS_BAD_ARG);
    EXPECT_EQ(npu_enable_events(&found, 4), STATUS_BAD_ARG);
    EXPECT_EQ(read32(kNpu + npu_regs::commands::offset), 0u);
  });
}

}  // namespace
}  // namespace cairn
