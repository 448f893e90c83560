// The bus: DMI, debug transport and waves.
#include <map>

#include "models/bus/bus.hpp"
#include "models/kit/input_error.hpp"
#include "models/memory/memory.hpp"
#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

constexpr std::uint64_t kDram = 0x8000'0000;
constexpr std::uint64_t kRegionBytes = 0x800;  // half of the memory behind it

class BusDebugTest : public test::Bench {
 protected:
  Bus bus{"bus"};
  Memory dram{"dram", {.bytes = 0x1000}};
  Memory flash{"flash", {.bytes = 0x1000, .read_only = true}};

  BusDebugTest() {
    bus.connect(host.bus, "cpu0");
    bus.map(kDram, kRegionBytes, dram.bus);
    bus.map(0x2000'0000, 0x1000, flash.bus);
  }
};

TEST_F(BusDebugTest, DmiIsTranslatedClippedToTheRegionAndCarriesBothLatencies) {
  run([&] {
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(host.dmi(kDram + 0x100, tlm::TLM_READ_COMMAND, dmi));
    EXPECT_EQ(dmi.get_start_address(), kDram);
    EXPECT_EQ(dmi.get_end_address(), kDram + kRegionBytes - 1);
    EXPECT_EQ(dmi.get_dmi_ptr(), dram.data().data());
    EXPECT_TRUE(dmi.is_read_write_allowed());
    EXPECT_EQ(dmi.get_read_latency(), sc_time(105, SC_NS));
    EXPECT_EQ(dmi.get_write_latency(), sc_time(105, SC_NS));
  });
}

TEST_F(BusDebugTest, ReadOnlyMemoryGrantsReadingAndDeniesWriting) {
  run([&] {
    tlm::tlm_dmi dmi;
    ASSERT_TRUE(host.dmi(0x2000'0000, tlm::TLM_READ_COMMAND, dmi));
    EXPECT_FALSE(dmi.is_write_allowed());
    EXPECT_FALSE(host.dmi(0x2000'0000, tlm::TLM_WRITE_COMMAND, dmi));
  });
}

TEST_F(BusDebugTest, DmiIsDeniedWhereNothingDecodesWithoutDenyingTheRest) {
  run([&] {
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(host.dmi(0x4000, tlm::TLM_READ_COMMAND, dmi));
    EXPECT_EQ(dmi.get_start_address(), 0x4000u);
    EXPECT_EQ(dmi.get_end_address(), 0x4000u);
  });
}

TEST_F(BusDebugTest, InvalidationReachesTheInitiatorByBusAddress) {
  run([&] {
    std::pair<std::uint64_t, std::uint64_t> heard;
    host.on_dmi_invalid([&](std::uint64_t first, std::uint64_t last) { heard = {first, last}; });
    dram.bus->invalidate_direct_mem_ptr(0x10, ~std::uint64_t{0});
    EXPECT_EQ(heard, std::make_pair(kDram + 0x10, kDram + kRegionBytes - 1));
  });
}

TEST_F(BusDebugTest, DebugAccessMovesDataWithoutTimeOrCounts) {
  run([&] {
    const std::array<std::uint8_t, 3> in{1, 2, 3};
    std::array<std::uint8_t, 3> out{};
    EXPECT_EQ(host.debug_write(kDram + 5, in.data(), 3), 3u);
    EXPECT_EQ(host.debug_read(kDram + 5, out.data(), 3), 3u);
    EXPECT_EQ(out, in);
    EXPECT_EQ(host.debug_read(0x4000, out.data(), 3), 0u);
    EXPECT_EQ(host.debug_write(0x2000'0000, in.data(), 3), 3u) << "a loader may fill the flash";
    EXPECT_EQ(sc_core::sc_time_stamp(), SC_ZERO_TIME);
    EXPECT_EQ(bus.ports()[0]->counts().reads + bus.ports()[0]->counts().writes, 0u);
    EXPECT_EQ(dram.transport_counts().reads + dram.transport_counts().writes, 0u);
    EXPECT_TRUE(bus.recent().empty());
  });
}

TEST_F(BusDebugTest, AnOverlapStopsTheConstructionNamingBothTargets) {
  Memory extra{"extra"};
  try {
    bus.map(kDram + kRegionBytes - 1, 2, extra.bus);
    FAIL() << "the overlap was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("extra"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("dram"), std::string::npos) << error.what();
  }
}

/// Writes down every change as "time_in_ns name=value".
class Listener : public kit::trace::Sink {
 public:
  std::vector<std::string> changes;

  void bits_changed(const kit::trace::Channel& channel, std::uint64_t at_ps,
                    std::uint64_t bits) override {
    const auto* states = dynamic_cast<const kit::trace::Enumeration*>(&channel);
    note(channel, at_ps, states != nullptr ? states->names()[bits] : std::to_string(bits));
  }
  void text_changed(const kit::trace::Channel& channel, std::uint64_t at_ps,
                    std::string_view text) override {
    note(channel, at_ps, std::string(text));
  }

 private:
  void note(const kit::trace::Channel& channel, std::uint64_t at_ps, const std::string& value) {
    changes.push_back(std::to_string(at_ps / 1000) + " " + channel.name() + "=" + value);
  }
};

TEST_F(BusDebugTest, TheWavesShowATransactionFromItsBeginToItsEnd) {
  Listener listener;
  std::uint32_t slot = 0;
  for (kit::trace::Channel* channel : kit::trace::all_channels())
    if (std::string(channel->name()).find("cpu0") != std::string::npos)
      channel->attach(listener, slot++);
  run([&] {
    listener.changes.clear();
    wait(sc_time(7, SC_NS));
    std::array<std::uint8_t, 64> row{};
    EXPECT_TLM_OK(host.read(kDram + 64, row.data(), 64));
    const std::vector<std::string> expected{
        "7 bus.cpu0.command=read", "7 bus.cpu0.address=2147483712", "7 bus.cpu0.target=dram",
        "7 bus.cpu0.bytes=64",     "7 bus.cpu0.status=busy",        "117 bus.cpu0.command=idle",
        "117 bus.cpu0.target=-",   "117 bus.cpu0.status=ok"};
    EXPECT_EQ(listener.changes, expected);
  });
}

}  // namespace
}  // namespace cairn
