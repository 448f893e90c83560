// The inference firmware end to end: what it does with good and bad jobs, and how it says so.
#include "tests/firmware/infer_bench.hpp"

#include <string_view>

namespace cairn {
namespace {

using bootinfo::Result;

class InferTest : public test::InferBench {
 protected:
  sc_core::sc_event late_{"late"};  ///< signals token 5 twice

  SC_HAS_PROCESS(InferTest);
  InferTest() {
    SC_METHOD(signal_late);
    dont_initialize();
    sensitive << late_;
  }
  void signal_late() { npu.tokens.signal(5, 2); }

  void expect_failure(Result result, std::string_view message) {
    ASSERT_TRUE(end.has_value());
    EXPECT_EQ(end->kind, Finish::Kind::kFail);
    EXPECT_EQ(end->code, static_cast<std::uint32_t>(result));
    EXPECT_EQ(info.result, static_cast<std::uint32_t>(result));
    EXPECT_NE(printed.find(message), std::string::npos) << "it printed:\n" << printed;
  }
};

TEST_F(InferTest, RunsEveryInputAndPasses) {
  for (std::uint32_t i = 0; i < 3 * kStride; ++i)
    *at(kInput + i) = static_cast<std::uint8_t>(i * 5 + 1);
  execute();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->kind, Finish::Kind::kPass) << printed;
  EXPECT_EQ(info.result, static_cast<std::uint32_t>(Result::kOk));
  EXPECT_EQ(info.done, 3u);
  for (std::uint32_t n = 0; n < 3; ++n) {
    EXPECT_EQ(std::memcmp(at(kOutput + n * kStride), at(kInput + n * kStride), kBytes), 0);
    EXPECT_EQ(*at(kOutput + n * kStride + kBytes), 0) << "no more than the output";
  }
  EXPECT_EQ(printed, "npu0: core 1, 1 commands, 1 descriptors, 3 inputs\r\n");
}

TEST_F(InferTest, AnInferenceCostsFewInstructions) {
  constexpr std::uint64_t kStartUp = 30'000, kEach = 400;
  info.count = 60;
  execute();
  ASSERT_EQ(info.done, 60u);
  EXPECT_LT(cpu.instret(), kStartUp + 60 * kEach);
}

TEST_F(InferTest, AJobWhoseNpuEndsAfterItsDmaRunsToTheEnd) {
  image.descriptor.wait_count = 0;
  image.command.wait_token = 5;
  image.command.wait_count = 2;
  seal();
  dma.on_bytes = [&](unsigned, std::uint16_t, std::uint64_t, std::uint8_t, std::uint8_t) {
    late_.notify(50, sc_core::SC_US);  // the last token comes long after the DMA's end
  };
  execute();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->kind, Finish::Kind::kPass) << printed;
  EXPECT_EQ(info.done, 3u);
}

TEST_F(InferTest, ADamagedJobIsRefused) {
  image.descriptor.target_offset = 4;
  execute();
  expect_failure(Result::kBadJob, "its CRC does not match");
  EXPECT_EQ(info.done, 0u);
}

TEST_F(InferTest, AJobOfAnotherVersionIsRefused) {
  image.header.version = 9;
  seal();
  execute();
  expect_failure(Result::kUnsupportedJob, "its version is unknown");
}

TEST_F(InferTest, AJobForAnotherCoreIsRefused) {
  image.header.core = 5;
  seal();
  execute();
  expect_failure(Result::kWrongCore, "it was built for another core");
}

TEST_F(InferTest, AJobForAnotherConfigurationIsRefused) {
  image.header.geometry_hash ^= 1;
  seal();
  execute();
  expect_failure(Result::kWrongCore, "another configuration");
}

TEST_F(InferTest, ADmaErrorEndsTheRunWithItsCodeAndAddress) {
  image.descriptor.source_offset = 16;  // the row leaves the input
  seal();
  execute();
  expect_failure(Result::kDmaError, "dma0: error 8 at descriptor 0 of channel 0");
  EXPECT_EQ(info.error_code, dma_regs::error_code::kOutsideWindow);
  EXPECT_EQ(info.error_index, 0u);
  EXPECT_EQ(info.error_address, kInput + 16);
}

TEST_F(InferTest, AnNpuErrorEndsTheRunWithItsCodeAndCommand) {
  image.command.kind = 99;
  seal();
  execute();
  expect_failure(Result::kNpuError, "npu0: error 1 at command 0");
  EXPECT_EQ(info.error_code, 1u);
}

TEST_F(InferTest, BootInformationOfAnotherVersionIsRefused) {
  info.version = 2;
  execute();
  expect_failure(Result::kBadBootinfo, "boot information of version 2");
}

TEST_F(InferTest, WithoutBootInformationItFailsAndWritesNothing) {
  info.magic = 0;
  execute();
  EXPECT_EQ(end->code, static_cast<std::uint32_t>(Result::kBadBootinfo));
  EXPECT_EQ(info.result, 0u);
}

TEST_F(InferTest, AnNpuThatCannotExistIsADriverError) {
  info.npu = 8;
  execute();
  expect_failure(Result::kDriverError, "no such device");
}

TEST_F(InferTest, ATrapIsNamedAndParksTheHart) {
  info.npu = 1;  // not on this bus: its identification cannot be read
  execute();
  EXPECT_FALSE(end.has_value());
  EXPECT_TRUE(is_parked());
  EXPECT_NE(printed.find("trap: load access fault"), std::string::npos) << printed;
  EXPECT_NE(printed.find("mtval 40010000"), std::string::npos) << printed;
}

TEST_F(InferTest, AMisalignedPointerToTheBootInformationIsRefused) {
  execute(kInfo + 2);
  EXPECT_EQ(end->code, static_cast<std::uint32_t>(Result::kBadBootinfo));
}

}  // namespace
}  // namespace cairn
