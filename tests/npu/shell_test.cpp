// The NPU shell: tokens, errors, abort, reset, counters over the bus, and writes of others into a
// running layer.
#include "tests/npu/npu_bench.hpp"

namespace cairn {
namespace {

using npu::Counter;
using numbers::Layer;

/// One row of 64 pixels: a step takes long enough for others to interfere.
Layer slow_layer() {
  Layer l;
  l.op = numbers::Op::convolution;
  l.in = {1, 64, 16};
  l.out = {1, 64, 16};
  l.in_type = l.out_type = {4, false, 0};
  l.weight_bits = 4;
  l.requantisation = numbers::Requantisation::thresholds;
  return l;
}

class NpuShellTest : public test::NpuBench {
 protected:
  NpuShellTest() : NpuBench(defaults()) {
    o = test::random_operands(layer, random);
    put_block(layer, o);
    put_input(layer, o, 0);
    command = command_of(layer, 0, kOutBit);
  }

  void clear_irq() {
    write32(kNpu + npu_regs::irq_status::offset, 3);
    sc_core::wait(sc_core::SC_ZERO_TIME);
  }
  /// Runs the commands and returns the error code, with the error's command index.
  std::pair<std::uint32_t, std::uint32_t> outcome(const std::vector<job::Command>& commands) {
    start(commands);
    wait_for_irq();
    const std::pair result = {error_code(), read32(kNpu + npu_regs::error_command::offset)};
    clear_irq();
    return result;
  }

  static constexpr std::uint32_t kOutBit = 64 * 64;
  std::mt19937 random{7};
  const Layer layer = slow_layer();
  test::Operands o;
  job::Command command{};
};

TEST_F(NpuShellTest, IdentifiesItselfAndItsConfiguration) {
  run([&] {
    EXPECT_EQ(read32(kNpu + npu_regs::id::offset), 0xca17'0101u);
    EXPECT_EQ(read32(kNpu + npu_regs::geometry::offset), defaults().geometry.hash());
    EXPECT_EQ(read32(kNpu + npu_regs::features_bytes::offset), 122'880u);
  });
}

TEST_F(NpuShellTest, WaitsForItsTokenAndCountsTheStall) {
  command.wait_token = 3;
  command.wait_count = 2;
  command.signal_token = 4;
  command.signal_count = 5;
  run([&] {
    start({command});
    sc_core::wait(2, sc_core::SC_US);
    npu.tokens.signal(3, 1);
    sc_core::wait(2, sc_core::SC_US);
    EXPECT_TRUE(records.empty());
    EXPECT_NE(npu.activity().find("waits for token 3 to reach 2, it stands at 1"),
              std::string::npos);
    npu.tokens.signal(3, 1);
    wait_for_irq();
    EXPECT_EQ(npu.tokens.count(4), 5u);
  });
  ASSERT_EQ(records.size(), 1u);
  const npu::Counters& c = records[0].counters;
  EXPECT_GT(c[Counter::stall_token], 3'000u);
  EXPECT_LT(c[Counter::stall_token], 3'300u);
  EXPECT_EQ(c[Counter::cycles], c[Counter::stall_token] + c[Counter::stall_fetch] +
                                    c[Counter::stall_weight_port] + c[Counter::stall_feature_port] +
                                    16 * 2 + c[Counter::drain]);
}

TEST_F(NpuShellTest, StartZeroesTheTokens) {
  run([&] {
    npu.tokens.signal(3, 7);
    EXPECT_EQ(outcome({command}).first, 0u);
    EXPECT_EQ(npu.tokens.count(3), 0u);
  });
}

TEST_F(NpuShellTest, BadCommandsStopTheJobWithTheirIndex) {
  run([&] {
    job::Command bad = command;
    bad.op = 9;
    EXPECT_EQ(outcome({command, bad}), std::pair(1u, 1u));
    bad = command;
    bad.out_w = 63;  // does not follow from the input
    bad.stride_w = 0;
    EXPECT_EQ(outcome({bad}), std::pair(1u, 0u));
    bad = command;
    bad.out_offset = 64;  // inside the input
    EXPECT_EQ(outcome({bad}), std::pair(1u, 0u));
    bad = command;
    bad.wait_token = 16;
    EXPECT_EQ(outcome({bad}), std::pair(1u, 0u));
    bad = command;
    bad.weights_offset = 65'528;  // the block leaves the weight SRAM
    EXPECT_EQ(outcome({bad}), std::pair(3u, 0u));
    EXPECT_EQ(outcome({command}), std::pair(0u, 0u)) << "a good job runs after bad ones";
  });
}

TEST_F(NpuShellTest, AnOutputLargerThanTheRingIsAnOverrunBeforeAnythingIsComputed) {
  command.out_c = 65'535;
  run([&] { EXPECT_EQ(outcome({command}), std::pair(2u, 0u)); });
}

TEST_F(NpuShellTest, AListThatCannotBeReadIsABusErrorWithItsAddress) {
  run([&] {
    write32(kNpu + npu_regs::commands::offset, 0x6000'0000);
    write32(kNpu + npu_regs::command_count::offset, 1);
    write32(kNpu + npu_regs::irq_enable::offset, 3);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::start::mask);
    wait_for_irq();
    EXPECT_EQ(error_code(), 4u);
    EXPECT_EQ(read32(kNpu + npu_regs::error_address::offset), 0x6000'0000u);
  });
}

TEST_F(NpuShellTest, EmptyAndMisalignedListsAreRefused) {
  run([&] {
    EXPECT_EQ(outcome({}).first, 7u);
    write32(kNpu + npu_regs::commands::offset, kDram + 4);
    write32(kNpu + npu_regs::command_count::offset, 1);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::start::mask);
    wait_for_irq();
    EXPECT_EQ(error_code(), 7u);
  });
}

TEST_F(NpuShellTest, AbortEndsAJobThatWaitsForEver) {
  command.wait_count = 1;
  run([&] {
    start({command});
    sc_core::wait(3, sc_core::SC_US);
    write32(kNpu + npu_regs::ctrl::offset, npu_regs::ctrl::abort::mask);
    wait_for_irq();
    EXPECT_EQ(error_code(), 5u);
    clear_irq();
    command.wait_count = 0;
    EXPECT_EQ(outcome({command}).first, 0u);
  });
}

TEST_F(NpuShellTest, InterruptFollowsEnableAndIsClearedByWritingOne) {
  run([&] {
    start({command});
    wait_for_irq();
    write32(kNpu + npu_regs::irq_enable::offset, 0);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    EXPECT_FALSE(irq.read());
    EXPECT_EQ(read32(kNpu + npu_regs::irq_status::offset), npu_regs::irq_status::done::mask);
    clear_irq();
    EXPECT_EQ(read32(kNpu + npu_regs::irq_status::offset), 0u);
  });
}

TEST_F(NpuShellTest, CountersAreLatchedAndClearedOverTheBus) {
  run([&] {
    EXPECT_EQ(outcome({command}).first, 0u);
    const std::uint64_t macs = kNpu + npu_regs::counter_low::offset(1);
    EXPECT_EQ(read32(macs), 0u) << "nothing before the latch";
    write32(kNpu + npu_regs::snapshot::offset, 3);
    EXPECT_EQ(read32(macs), 64u * 16 * 16);
    write32(kNpu + npu_regs::snapshot::offset, 1);
    EXPECT_EQ(read32(macs), 0u) << "cleared after the first copy";
  });
}

TEST_F(NpuShellTest, AFeatureWrittenByOthersBeforeItsStepIsComputedWithItsNewValue) {
  run([&] {
    start({command});
    // The bus takes a while to bring the command; then 16 steps of 2 cycles follow, 18 for the
    // first.
    while (records.empty() && npu.activity().find("computing") == std::string::npos)
      sc_core::wait(1, sc_core::SC_NS);
    const std::uint64_t zeros = 0,
                        at = kFeatures + 8 * 60;  // pixel 60: read by the last but one step
    EXPECT_TLM_OK(host.write(at, &zeros, 8));
    EXPECT_TRUE(records.empty()) << "the layer was over before the write";
    wait_for_irq();
  });
  const std::vector<std::int32_t> untouched = o.expected(layer);
  std::fill_n(o.in.begin() + 60 * 16, 16, std::int16_t{0});
  EXPECT_NE(o.expected(layer), untouched);
  EXPECT_EQ(output(layer, kOutBit), o.expected(layer));
}

TEST_F(NpuShellTest, AFeatureWrittenByOthersAfterItsStepDoesNotMatter) {
  const std::vector<std::int32_t> untouched = o.expected(layer);
  run([&] {
    start({command});
    while (npu.activity().find("computing") == std::string::npos)
      sc_core::wait(1, sc_core::SC_NS);
    const std::uint64_t zeros = 0;
    EXPECT_TLM_OK(host.write(kFeatures, &zeros, 8));  // pixel 0: read by the first step
    EXPECT_TRUE(records.empty());
    wait_for_irq();
  });
  EXPECT_EQ(output(layer, kOutBit), untouched);
}

TEST_F(NpuShellTest, WeightsWrittenByOthersCountFromTheNextStepOn) {
  const std::vector<std::int32_t> untouched = o.expected(layer);
  run([&] {
    start({command});
    while (npu.activity().find("computing") == std::string::npos)
      sc_core::wait(1, sc_core::SC_NS);
    const std::vector<std::uint8_t> zeros(numbers::weight_bytes(layer));
    EXPECT_TLM_OK(host.write(kWeights, zeros.data(), zeros.size()));
    EXPECT_TRUE(records.empty());
    wait_for_irq();
  });
  test::Operands zeroed = o;
  std::ranges::fill(zeroed.weights, std::int8_t{0});
  const auto after = zeroed.expected(layer), result = output(layer, kOutBit);
  EXPECT_TRUE(std::equal(result.begin(), result.begin() + 4 * 16, untouched.begin()))
      << "the first tile";
  EXPECT_TRUE(std::equal(result.end() - 4 * 16, result.end(), after.end() - 4 * 16))
      << "the last tile";
}

TEST_F(NpuShellTest, ResultsStayExactWhenWeightsOfTheSameLayerChangeBetweenJobs) {
  run([&] {
    EXPECT_EQ(outcome({command}).first, 0u);
    o.weights = test::random_operands(layer, random).weights;
    put_block(layer, o);
    EXPECT_EQ(outcome({command}).first, 0u);
  });
  EXPECT_EQ(output(layer, kOutBit), o.expected(layer));
}

}  // namespace
}  // namespace cairn
