// The base of register-mapped models: bus rules, time, debug access.
#include "models/kit/peripheral.hpp"

#include "models/bus/bus.hpp"
#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_ZERO_TIME;

struct plain {
  static constexpr std::uint32_t offset = 0x0;
  using value = kit::Field<plain, 0, 32>;
};
struct secret {
  static constexpr std::uint32_t offset = 0x4;
  using value = kit::Field<secret, 0, 32>;
};
constexpr kit::RegisterSpec kSpecs[] = {
    {"plain", 0x0, 0x1122'3344, ~0u, ~0u, 0},
    {"secret", 0x4, 0, 0, ~0u, 0},
};

/// Two words; counts what its hooks see and when.
class Block : public kit::Peripheral {
 public:
  int writes = 0;
  sc_time written_at;

  explicit Block(sc_core::sc_module_name name) : Peripheral(name, kSpecs) {
    regs.after_write<plain>([this] {
      ++writes;
      written_at = sc_time_stamp();
    });
  }
};

class PeripheralTest : public test::Bench {
 protected:
  Bus bus{"bus"};
  Block block{"block"};
  kit::Initiator other{"other"};

  PeripheralTest() {
    bus.connect(host.bus, "cpu0");
    bus.connect(other.bus, "dma0");
    bus.map(0x1000, 0x100, block.bus);
  }
};

TEST_F(PeripheralTest, AWriteTakesEffectAfterTheCallersDelayAndTheLatencies) {
  run([&] {
    const std::uint32_t v = 1;
    sc_time delay(100, SC_NS);
    EXPECT_TLM_OK(host.write(0x1000, &v, 4, delay));
    EXPECT_EQ(block.written_at, sc_time(100 + 5 + 10, SC_NS));
    EXPECT_EQ(sc_time_stamp() + delay, block.written_at) << "waiting inside is not paid again";
  });
}

TEST_F(PeripheralTest, TwoThreadsThatWriteAtOnceAreServedOneAfterTheOther) {
  sc_time second_end;
  sc_core::sc_spawn([&] {
    const std::uint32_t v = 2;
    EXPECT_TLM_OK(other.write(0x1000, &v, 4));
    second_end = sc_time_stamp();
  });
  run([&] {
    write32(0x1000, 1);
    const sc_time first_end = sc_time_stamp();
    wait(sc_time(100, SC_NS));
    const sc_time apart = first_end < second_end ? second_end - first_end : first_end - second_end;
    EXPECT_EQ(apart, sc_time(1250, sc_core::SC_PS)) << "one bus cycle";
    EXPECT_EQ(block.writes, 2);
    EXPECT_EQ(bus.ports()[0]->counts().waiting + bus.ports()[1]->counts().waiting, apart);
  });
}

TEST_F(PeripheralTest, RefusedAccessesReachNoRegister) {
  run([&] {
    std::array<std::uint32_t, 4> v{};
    EXPECT_EQ(host.write(0x1000, v.data(), 2), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(host.write(0x1000, v.data(), 3), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(host.write(0x1000, v.data(), 16), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_TLM_ADDRESS_ERROR(host.write(0x1002, v.data(), 4));
    EXPECT_TLM_ADDRESS_ERROR(host.write(0x1008, v.data(), 4));
    EXPECT_EQ(block.writes, 0);
    EXPECT_EQ(read32(0x1000), 0x1122'3344u);
  });
}

TEST_F(PeripheralTest, ByteEnablesAreRefused) {
  run([&] {
    std::uint32_t v = 0;
    unsigned char enables = 0xff;
    tlm::tlm_generic_payload tx;
    tx.set_write();
    tx.set_address(0x1000);
    tx.set_data_ptr(reinterpret_cast<unsigned char*>(&v));
    tx.set_data_length(4);
    tx.set_streaming_width(4);
    tx.set_byte_enable_ptr(&enables);
    tx.set_byte_enable_length(1);
    sc_time delay = SC_ZERO_TIME;
    host.bus->b_transport(tx, delay);
    EXPECT_EQ(tx.get_response_status(), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_EQ(block.writes, 0);
  });
}

TEST_F(PeripheralTest, DebugAccessTakesAnyBytesOfAnyRegistersWithoutEffects) {
  run([&] {
    std::array<std::uint8_t, 8> bytes{};
    write32(0x1004, 0xdead'beef);
    const int writes = block.writes;
    EXPECT_EQ(host.debug_read(0x1001, bytes.data(), 8), 7u) << "up to the last register";
    EXPECT_EQ(bytes, (std::array<std::uint8_t, 8>{0x33, 0x22, 0x11, 0, 0, 0, 0, 0}));
    const std::uint8_t byte = 0x99;
    EXPECT_EQ(host.debug_write(0x1002, &byte, 1), 1u);
    EXPECT_EQ(block.writes, writes);
    EXPECT_EQ(read32(0x1000), 0x1199'3344u);
  });
}

}  // namespace
}  // namespace cairn
