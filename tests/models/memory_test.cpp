// DRAM and flash.
#include "models/memory/memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

class MemoryTest : public test::Bench {
 protected:
  Memory dram{"dram"};

  MemoryTest() { host.bus.bind(dram.bus); }
};

TEST_F(MemoryTest, HoldsWhatIsWrittenUpToItsLastByte) {
  run([&] {
    write32(dram.bytes() - 4, 0xcafe'f00d);
    EXPECT_EQ(read32(dram.bytes() - 4), 0xcafe'f00du);
    EXPECT_EQ(read32(0), 0u);
    std::uint32_t v = 0;
    EXPECT_TLM_ADDRESS_ERROR(host.read(dram.bytes() - 3, &v, 4));
    EXPECT_TLM_ADDRESS_ERROR(host.read(~std::uint64_t{0}, &v, 4));
  });
}

TEST_F(MemoryTest, TouchesNoPageBeforeItIsUsed) {
  run([&] {
    write32(0x10'0000, 1);
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> resident(dram.bytes() / page);
    ASSERT_EQ(mincore(dram.data().data(), dram.bytes(), resident.data()), 0);
    std::size_t pages = 0;
    for (const unsigned char r : resident)
      pages += r & 1;
    EXPECT_LE(pages * page, std::size_t{2} << 20) << "one page, or one huge page";
    EXPECT_GE(pages, 1u);
  });
}

TEST_F(MemoryTest, LatenciesOverlapWhileTransfersQueue) {
  run([&] {
    std::array<std::uint8_t, 128> row{};
    sc_time first = SC_ZERO_TIME;
    sc_time second = SC_ZERO_TIME;
    EXPECT_TLM_OK(host.read(0, row.data(), 128, first));
    EXPECT_TLM_OK(host.write(0, row.data(), 128, second));
    EXPECT_EQ(first, sc_time(110, SC_NS));  // 128 bytes at 12.8 GB/s take 10 ns
    EXPECT_EQ(second, sc_time(120, SC_NS));
  });
}

TEST_F(MemoryTest, AnAccessInTheCallersFutureStartsThere) {
  run([&] {
    std::uint64_t v = 0;
    sc_time delay(50, SC_NS);
    EXPECT_TLM_OK(host.read(0, &v, 8, delay));
    EXPECT_EQ(delay, sc_time(150'625, SC_PS));
  });
}

TEST_F(MemoryTest, CountsTransportsAndPostedDmiAccessesApart) {
  run([&] {
    write32(0, 1);
    read32(0);
    read32(4);
    dram.post_dmi({.reads = 10, .writes = 2, .read_bytes = 40, .write_bytes = 5});
    dram.post_dmi({.reads = 1, .read_bytes = 1});
    EXPECT_EQ(dram.transport_counts().reads, 2u);
    EXPECT_EQ(dram.transport_counts().read_bytes, 8u);
    EXPECT_EQ(dram.transport_counts().writes, 1u);
    EXPECT_EQ(dram.transport_counts().write_bytes, 4u);
    EXPECT_EQ(dram.dmi_counts().reads, 11u);
    EXPECT_EQ(dram.dmi_counts().read_bytes, 41u);
    EXPECT_EQ(dram.dmi_counts().writes, 2u);
    EXPECT_EQ(dram.dmi_counts().write_bytes, 5u);
  });
}

TEST_F(MemoryTest, RefusesByteEnablesAndShortStreamingWidths) {
  run([&] {
    std::uint32_t word = 0;
    unsigned char enables = 0xff;
    tlm::tlm_generic_payload tx;
    tx.set_command(tlm::TLM_WRITE_COMMAND);
    tx.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    tx.set_data_length(4);
    tx.set_streaming_width(4);
    tx.set_byte_enable_ptr(&enables);
    tx.set_byte_enable_length(1);
    sc_time delay = SC_ZERO_TIME;
    host.bus->b_transport(tx, delay);
    EXPECT_EQ(tx.get_response_status(), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    tx.set_byte_enable_ptr(nullptr);
    tx.set_streaming_width(2);
    host.bus->b_transport(tx, delay);
    EXPECT_EQ(tx.get_response_status(), tlm::TLM_BURST_ERROR_RESPONSE);
  });
}

class FlashTest : public test::Bench {
 protected:
  Memory flash{"flash", {.bytes = 0x1000, .latency = sc_time(80, SC_NS), .read_only = true}};

  FlashTest() { host.bus.bind(flash.bus); }
};

TEST_F(FlashTest, IsReadOnlyOverTheBusButCanBeLoaded) {
  run([&] {
    const std::uint32_t v = 0x1122'3344;
    EXPECT_EQ(host.write(0, &v, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(read32(0), 0u);
    EXPECT_EQ(host.debug_write(0, &v, 4), 4u);
    EXPECT_EQ(read32(0), v);
    EXPECT_EQ(flash.transport_counts().writes, 0u);
  });
}

}  // namespace
}  // namespace cairn
