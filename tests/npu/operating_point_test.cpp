// An NPU whose clock and voltage change: when it takes another operating point, and what it costs.
#include "models/power/power.hpp"

#include "power_regs.hpp"
#include "tests/npu/npu_bench.hpp"
#include "tests/npu/small_layers.hpp"

namespace cairn {
namespace {

using namespace power_regs;
using npu::Counter;
using numbers::Layer;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_US;

/// One tile of a row of 64 pixels, at 800 MHz and 0.9 V or at 200 MHz and 0.6 V.
class OperatingPointTest : public test::NpuBench {
 protected:
  static constexpr std::uint64_t kPower = 0x4101'0000;
  static constexpr std::uint32_t kFast = 0, kSlow = 1;

  OperatingPointTest() : NpuBench(two_points()) {
    bus.map(kPower, kBlockBytes, power.bus);
    put_block(c, test::whole_layer(layer));
    put_features(c.in, layer.in_type, all_features(), 0);
    list = {test::ring_command(0, all_features()),
            test::layer_command(layer, {.in = {0, 0}, .out = {0, kOutBit}}),
            test::tile_command(layer, test::whole_layer(layer), true)};
  }

  static NpuOptions two_points() {
    NpuOptions options = defaults();
    options.points = {{800'000'000, 900}, {200'000'000, 600}};
    options.settle = sc_time(10, SC_US);
    return options;
  }
  void ask(std::uint32_t point) { write32(kPower + request::offset(0), point); }
  bool is_changing() { return (read32(kPower + state::offset(0)) & state::changing::mask) != 0; }
  std::uint32_t clock_hz() { return read32(kPower + power_regs::clock::offset(0)); }
  /// Cycles and time of the one tile.
  std::pair<std::uint64_t, double> run_job() {
    EXPECT_EQ(outcome(list), std::pair(0u, 0u));
    const TileRecord& r = records.at(0);
    return {r.counters[Counter::cycles], (r.end - r.start).to_seconds()};
  }
  std::vector<std::int32_t> output() {
    return features(layer.out, layer.out_type, all_features(), kOutBit);
  }

  static constexpr std::uint32_t kOutBit = 64 * 64;
  const Layer layer = test::convolution({1, 64, 16}, 16, 1);
  const test::Case c = test::operands(layer, 7);
  std::vector<job::Command> list;
  Power power{"power0", {{"npu0", &npu.domain}}};
};

TEST_F(OperatingPointTest, AnIdleNpuChangesAfterItsClockHasSettled) {
  run([&] {
    const sc_time begin = sc_time_stamp();
    ask(kSlow);
    EXPECT_TRUE(is_changing());
    EXPECT_EQ(clock_hz(), 800'000'000u);
    while (is_changing())
      sc_core::wait(10, SC_NS);
    EXPECT_GE(sc_time_stamp() - begin, sc_time(10, SC_US));
    EXPECT_LE(sc_time_stamp() - begin, sc_time(10.1, SC_US));
    EXPECT_EQ(clock_hz(), 200'000'000u);
    EXPECT_EQ(read32(kPower + supply::offset(0)), 600u);
  });
}

TEST_F(OperatingPointTest, TheSameCyclesTakeLongerAtALowerClock) {
  run([&] {
    const auto [fast_cycles, fast_seconds] = run_job();
    EXPECT_EQ(records.at(0).millivolt, 900u);
    ask(kSlow);
    sc_core::wait(20, SC_US);
    const auto [slow_cycles, slow_seconds] = run_job();
    EXPECT_EQ(records.at(0).millivolt, 600u);
    // Fetches from DRAM take the same time, and so fewer cycles of a slower clock.
    const std::uint64_t busy = 64 / 4 * 2;
    EXPECT_GE(slow_cycles, busy);
    EXPECT_LE(slow_cycles, fast_cycles);
    EXPECT_GT(slow_seconds, fast_seconds + static_cast<double>(busy) * (5e-9 - 1.25e-9) - 50e-9);
    EXPECT_NEAR(slow_seconds, static_cast<double>(slow_cycles) * 5e-9, 6e-9);
  });
  EXPECT_EQ(output(), test::expected(c));
}

TEST_F(OperatingPointTest, ABusyNpuChangesBeforeItsNextCommandAndCountsNoCycles) {
  list[2] = test::waits(list[2], 3, 1);
  run([&] {
    start(list);
    sc_core::wait(2, SC_US);
    ask(kSlow);
    sc_core::wait(50, SC_US);
    EXPECT_TRUE(is_changing()) << "the command still waits for its token";
    npu.tokens.signal(3, 1);
    wait_for_irq();
    EXPECT_EQ(error_code(), 0u);
    EXPECT_FALSE(is_changing());
    const TileRecord& r = records.at(0);
    EXPECT_EQ(r.millivolt, 600u);
    const double stall = static_cast<double>(r.counters[Counter::stall_token]) / 800e6;
    EXPECT_NEAR(stall, 52e-6, 1e-6);
    const double after =
        static_cast<double>(r.counters[Counter::cycles] - r.counters[Counter::stall_token]) / 200e6;
    EXPECT_NEAR((r.end - r.start).to_seconds(), stall + 10e-6 + after, 2e-6);
  });
  EXPECT_EQ(output(), test::expected(c));
}

TEST_F(OperatingPointTest, AStartDuringTheChangeRunsAfterIt) {
  run([&] {
    ask(kSlow);
    const sc_time begin = sc_time_stamp();
    const auto [cycles, seconds] = run_job();
    EXPECT_EQ(records.at(0).millivolt, 600u);
    EXPECT_GE(records.at(0).start - begin, sc_time(10, SC_US));
    EXPECT_NEAR(seconds, static_cast<double>(cycles) * 5e-9, 6e-9);
  });
  EXPECT_EQ(output(), test::expected(c));
}

TEST_F(OperatingPointTest, PointsAndDomainsThatDoNotExistAreIgnored) {
  run([&] {
    ask(2);
    EXPECT_FALSE(is_changing());
    EXPECT_EQ(read32(kPower + request::offset(0)), kFast);
    write32(kPower + request::offset(7), 1);
    EXPECT_EQ(read32(kPower + request::offset(7)), 0u);
    EXPECT_EQ(read32(kPower + state::offset(7)), 0u);
    for (const std::uint32_t probe : {0x0002u, 0x0100u}) {
      write32(kPower + probe::offset, probe);
      EXPECT_EQ(read32(kPower + probe_clock::offset), 0u);
      EXPECT_EQ(read32(kPower + probe_supply::offset), 0u);
    }
  });
}

TEST_F(OperatingPointTest, ARequestTakenBackChangesNothing) {
  list[2] = test::waits(list[2], 3, 1);
  run([&] {
    start(list);
    sc_core::wait(2, SC_US);
    ask(kSlow);
    ask(kFast);
    npu.tokens.signal(3, 1);
    wait_for_irq();
    EXPECT_EQ(records.at(0).millivolt, 900u);
    EXPECT_FALSE(is_changing());
  });
}

}  // namespace
}  // namespace cairn
