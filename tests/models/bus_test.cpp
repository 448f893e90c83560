// The bus: routing, errors, contention, statistics.
#include "models/bus/bus.hpp"

#include "models/memory/memory.hpp"
#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

constexpr std::uint64_t kDram = 0x8000'0000;
constexpr std::uint64_t kFlash = 0x2000'0000;

/// A target two levels below the bus's parent, as an NPU's SRAM is.
struct Outer : sc_core::sc_module {
  Memory features{"features", {.bytes = 0x100}};
  explicit Outer(sc_core::sc_module_name name) : sc_module(name) {}
};
struct Platform : sc_core::sc_module {
  Bus bus{"bus"};
  Outer npu0{"npu0"};
  kit::Initiator cpu{"cpu"};

  explicit Platform(sc_core::sc_module_name name) : sc_module(name) {
    bus.connect(cpu.bus, "cpu0");
    bus.map(0, 0x100, npu0.features.bus);
  }
};

TEST(BusNamesTest, TargetsAndInitiatorsAreNamedByTheirPlaceInThePlatform) {
  const Platform soc("soc");
  EXPECT_EQ(soc.bus.regions()[0].target, "npu0.features");
  EXPECT_STREQ(soc.bus.ports()[0]->name(), "soc.bus.cpu0");
}

/// Bus: 5 ns and 16 bytes per 1.25 ns. DRAM: 100 ns and 12.8 GB/s, so 64 bytes take 5 ns in both.
class BusTest : public test::Bench {
 protected:
  Bus bus{"bus"};
  Memory dram{"dram", {.bytes = 0x1000}};
  Memory flash{"flash", {.bytes = 0x1000, .read_only = true}};
  kit::Initiator other{"other"};
  std::array<std::uint8_t, 64> row{};

  BusTest() {
    bus.connect(host.bus, "cpu0");
    bus.connect(other.bus, "dma0");
    bus.map(kDram, 0x1000, dram.bus);
    bus.map(kFlash, 0x1000, flash.bus);
  }

  const BusCounts& counts(std::size_t port) const { return bus.ports()[port]->counts(); }
};

TEST_F(BusTest, RoutesByAddressAndKeepsTheInitiatorsAddress) {
  run([&] {
    write32(kDram + 0x10, 0x1234'5678);
    EXPECT_EQ(dram.data()[0x10], 0x78);
    EXPECT_EQ(read32(kDram + 0x10), 0x1234'5678u);
    EXPECT_EQ(read32(kFlash + 0x10), 0u);
  });
}

TEST_F(BusTest, WhatDoesNotDecodeIsAnAddressError) {
  run([&] {
    std::uint64_t v = 0;
    EXPECT_TLM_ADDRESS_ERROR(host.read(kDram - 4, &v, 4));
    EXPECT_TLM_ADDRESS_ERROR(host.read(kDram + 0x1000, &v, 1));
    EXPECT_TLM_ADDRESS_ERROR(host.write(kDram + 0xffc, &v, 8));
    EXPECT_EQ(counts(0).errors, 3u);
    EXPECT_GT(sc_core::sc_time_stamp(), SC_ZERO_TIME) << "an error takes time too";
  });
}

TEST_F(BusTest, TheTargetsOwnErrorComesBackAndIsCounted) {
  run([&] {
    const std::uint32_t v = 1;
    EXPECT_EQ(host.write(kFlash, &v, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(counts(0).errors, 1u);
  });
}

TEST_F(BusTest, ALoneReadTakesBusAndMemoryLatencyAndOneTransfer) {
  run([&] {
    sc_time delay = SC_ZERO_TIME;
    EXPECT_TLM_OK(host.read(kDram, row.data(), 64, delay));
    EXPECT_EQ(delay, sc_time(5 + 100 + 5, SC_NS));
    EXPECT_EQ(sc_core::sc_time_stamp(), SC_ZERO_TIME) << "the delay is annotated, not waited for";
  });
}

TEST_F(BusTest, TwoInitiatorsQueueForOneTarget) {
  run([&] {
    sc_time first = SC_ZERO_TIME;
    sc_time second = SC_ZERO_TIME;
    EXPECT_TLM_OK(host.read(kDram, row.data(), 64, first));
    EXPECT_TLM_OK(other.read(kDram + 64, row.data(), 64, second));
    EXPECT_EQ(first, sc_time(110, SC_NS));
    EXPECT_EQ(second, sc_time(115, SC_NS));
    EXPECT_EQ(counts(0).waiting, SC_ZERO_TIME);
    EXPECT_EQ(counts(1).waiting, sc_time(5, SC_NS));
  });
}

TEST_F(BusTest, TransactionsToDifferentTargetsDoNotWait) {
  run([&] {
    sc_time first = SC_ZERO_TIME;
    sc_time second = SC_ZERO_TIME;
    EXPECT_TLM_OK(host.read(kDram, row.data(), 64, first));
    EXPECT_TLM_OK(other.read(kFlash, row.data(), 64, second));
    EXPECT_EQ(first, second);
    EXPECT_EQ(counts(1).waiting, SC_ZERO_TIME);
  });
}

TEST_F(BusTest, AReservationIsOverOnceItsTimeHasPassed) {
  run([&] {
    sc_time delay = SC_ZERO_TIME;
    EXPECT_TLM_OK(host.read(kDram, row.data(), 64, delay));
    wait(sc_time(5, SC_NS));
    delay = SC_ZERO_TIME;
    EXPECT_TLM_OK(other.read(kDram, row.data(), 64, delay));
    EXPECT_EQ(delay, sc_time(110, SC_NS));
  });
}

TEST_F(BusTest, ALongStreamMovesAtTheBandwidth) {
  run([&] {
    sc_time end = SC_ZERO_TIME;
    for (int i = 0; i < 1000; ++i) {
      end = SC_ZERO_TIME;
      EXPECT_TLM_OK(host.read(kDram, row.data(), 64, end));
    }
    EXPECT_EQ(end, sc_time(105 + 5 * 1000, SC_NS));  // 64,000 bytes at 12.8 GB/s
  });
}

TEST_F(BusTest, ASlowerClockStretchesLatencyAndTransfer) {
  run([&] {
    bus.set_clock(100'000'000);
    sc_time delay = SC_ZERO_TIME;
    EXPECT_TLM_OK(host.read(kFlash, row.data(), 4, delay));
    // 4 cycles of 10 ns, then 100 ns and 4 bytes at 12.8 GB/s, floor(312.5 ps)
    EXPECT_EQ(delay, sc_time(140, SC_NS) + sc_time(312, sc_core::SC_PS));
  });
}

TEST_F(BusTest, CountsReadsWritesAndBytesPerInitiator) {
  run([&] {
    EXPECT_TLM_OK(host.read(kDram, row.data(), 64));
    EXPECT_TLM_OK(host.write(kDram, row.data(), 16));
    EXPECT_TLM_OK(other.write(kDram, row.data(), 8));
    EXPECT_EQ(counts(0).reads, 1u);
    EXPECT_EQ(counts(0).read_bytes, 64u);
    EXPECT_EQ(counts(0).writes, 1u);
    EXPECT_EQ(counts(0).write_bytes, 16u);
    EXPECT_EQ(counts(1).reads, 0u);
    EXPECT_EQ(counts(1).write_bytes, 8u);
    EXPECT_STREQ(bus.ports()[1]->basename(), "dma0");
  });
}

TEST_F(BusTest, RemembersTheLastTransactionsOldestFirst) {
  run([&] {
    for (std::uint32_t i = 0; i < 40; ++i)
      write32(kDram + 4 * i, i);
    std::uint32_t v = 0;
    EXPECT_TLM_ADDRESS_ERROR(other.read(0x4, &v, 4));
    const auto recent = bus.recent();
    ASSERT_EQ(recent.size(), TransactionRing::kDepth);
    EXPECT_EQ(recent[0].address, kDram + 4 * 9);
    EXPECT_STREQ(recent[0].initiator, "cpu0");
    EXPECT_STREQ(recent[0].target, "dram");
    EXPECT_EQ(recent[0].command, tlm::TLM_WRITE_COMMAND);
    EXPECT_EQ(recent[0].bytes, 4u);
    EXPECT_EQ(recent[0].status, tlm::TLM_OK_RESPONSE);
    EXPECT_GT(recent[0].end, recent[0].begin);
    EXPECT_STREQ(recent[31].initiator, "dma0");
    EXPECT_STREQ(recent[31].target, "");
    EXPECT_EQ(recent[31].status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

}  // namespace
}  // namespace cairn
