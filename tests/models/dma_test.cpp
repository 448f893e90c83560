// What the DMA moves, when, and how it tells.
#include <cstdint>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "tests/models/dma_bench.hpp"

namespace cairn {
namespace {

using namespace dma_regs;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::wait;

class DmaTest : public test::DmaBench {};

TEST_F(DmaTest, ItsIdentificationNamesTheChannels) {
  run([&] { EXPECT_EQ(read32(kDma), 0xd3a0'0202u); });
}

TEST_F(DmaTest, AListOfRandomBlocksCopiesWhatThreeNestedLoopsCopy) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto up_to = [&](std::uint32_t high) {
    return 1 + static_cast<std::uint32_t>(random()) % high;
  };
  fill(dram, 0x1'0000);

  std::vector<job::Descriptor> list;
  std::vector<std::uint8_t> expected(0x8000);
  for (int i = 0; i < 12; ++i) {
    job::Descriptor d{};
    d.source_base = unsigned(job::Base::kInput);
    d.target_base = unsigned(job::Base::kFeatures);
    d.source_offset = up_to(999);
    d.target_offset = up_to(999);
    d.row_bytes = up_to(100);
    d.rows = up_to(5);
    d.planes = up_to(4);
    d.source_row_stride = up_to(200);
    d.target_row_stride = up_to(200);
    d.source_plane_stride = up_to(2000);
    d.target_plane_stride = up_to(2000);
    list.push_back(d);
    for (std::uint32_t p = 0; p < d.planes; ++p)
      for (std::uint32_t r = 0; r < d.rows; ++r)
        for (std::uint32_t b = 0; b < d.row_bytes; ++b)
          expected[d.target_offset + p * d.target_plane_stride + r * d.target_row_stride + b] =
              dram.data()[0x100 + d.source_offset + p * d.source_plane_stride +
                          r * d.source_row_stride + b];
  }
  run([&] {
    set<base_input>(kDram + 0x100);
    set<base_features>(kSram + 0x200);
    execute(list);
    EXPECT_EQ(get<irq_status>(), 1u);
    EXPECT_EQ(get<status>(), 12u << 16);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), sram.data().begin() + 0x200));
  });
}

TEST_F(DmaTest, EveryBaseOfADescriptorIsARegisterOfItsOwn) {
  fill(dram, 64 * 8);
  run([&] {
    set<base_job>(kDram + 64 * 1);
    set<base_input>(kDram + 64 * 2);
    set<base_output>(kDram + 64 * 3);
    set<base_scratch>(kDram + 64 * 4);
    set<base_features>(kDram + 64 * 5);
    set<base_weights>(kDram + 64 * 6);
    set<base_buffer>(kDram + 64 * 7);
    for (unsigned base = 1; base <= unsigned(job::Base::kBuffer); ++base) {
      job::Descriptor d = row(56);
      d.source_base = static_cast<std::uint8_t>(base);
      d.source_offset = 8;
      execute({d});
      EXPECT_EQ(get<irq_status>(), irq_status::done::mask);
      EXPECT_TRUE(std::equal(sram.data().begin(), sram.data().begin() + 56,
                             dram.data().begin() + 64 * base + 8))
          << "base " << base;
    }
  });
}

TEST_F(DmaTest, ARowIntoTheBufferStaysInItsWindow) {
  job::Descriptor d = row(64);
  d.target_base = unsigned(job::Base::kBuffer);
  d.target_offset = 32;
  fill(dram, 64);
  run([&] {
    set<base_buffer>(kSram);
    set<window_buffer>(96);
    execute({d});
    EXPECT_EQ(get<irq_status>(), irq_status::done::mask);
    EXPECT_TRUE(
        std::equal(dram.data().begin(), dram.data().begin() + 64, sram.data().begin() + 32));
    set<window_buffer>(95);
    execute({d});
    expect_error(error_code::kOutsideWindow, kSram + 32, 0);
  });
}

TEST_F(DmaTest, ARowIsWrittenWhileTheNextIsRead) {
  job::Descriptor d = row(1000);  // a row takes 1 us to read and 1 us to write
  d.rows = 10;
  d.source_row_stride = d.target_row_stride = 1000;
  run([&] {
    const sc_time begin = sc_time_stamp();
    execute({d});
    const sc_time took = sc_time_stamp() - begin;
    EXPECT_GE(took, sc_time(11'000, SC_NS)) << "ten reads and the last write";
    EXPECT_LT(took, sc_time(11'500, SC_NS)) << "reads and writes one after the other take 20 us";
  });
}

TEST_F(DmaTest, ADescriptorRunsOnceItsTokenIsReachedAndNothingTicksUntilThen) {
  job::Descriptor d = row(64);
  d.wait_token = 3;
  d.wait_count = 2;
  fill(dram, 64);
  run([&] {
    place({d});
    start();
    tokens.signal(3, 1);
    wait(sc_time(10, sc_core::SC_US));
    EXPECT_EQ(get<status>(), 3u) << "busy and waiting";
    EXPECT_FALSE(sc_core::sc_pending_activity());
    ASSERT_TRUE(dma.token_wait(0).has_value());
    EXPECT_EQ(dma.token_wait(0)->token, 3u);
    EXPECT_EQ(dma.token_wait(0)->needed, 2u);
    EXPECT_EQ(sram.data()[1], 0u);
    tokens.signal(3, 1);
    wait_for_irq();
    EXPECT_EQ(sram.data()[1], 8u);
    EXPECT_FALSE(dma.token_wait(0).has_value());
    EXPECT_EQ(tokens.count(3), 2u) << "waiting does not consume";
  });
}

TEST_F(DmaTest, ItsTokenIsSignalledWhenTheLastByteIsVisibleAndNotBefore) {
  job::Descriptor d = row(1000);
  d.signal_token = 5;
  d.signal_count = 7;
  run([&] {
    place({d});
    start();
    const sc_time begin = sc_time_stamp();
    while (tokens.count(5) == 0)
      wait(tokens.changed);
    EXPECT_EQ(tokens.count(5), 7u);
    EXPECT_GE(sc_time_stamp() - begin, sc_time(2000, SC_NS)) << "1 us to read, 1 us to write";
  });
}

TEST_F(DmaTest, AChannelWithoutAnNpuRefusesDescriptorsThatUseTokens) {
  job::Descriptor d = row(64);
  d.signal_count = 1;
  run([&] {
    place({d});
    start(1);
    wait_for_irq();
    EXPECT_EQ(get<error_code>(1), error_code::kBadDescriptor);
  });
}

TEST_F(DmaTest, TheInterruptLineFollowsEnableAndIsClearedByWritingOne) {
  run([&] {
    place({row(64)});
    start();
    set<irq_enable>(0);
    wait(sc_time(1, sc_core::SC_US));
    EXPECT_FALSE(irq.read());
    set<irq_enable>(1);
    wait(sc_time(1, SC_NS));
    EXPECT_TRUE(irq.read());
    set<irq_status>(1);
    wait(sc_time(1, SC_NS));
    EXPECT_FALSE(irq.read());
    EXPECT_EQ(get<irq_status>(), 0u);
  });
}

TEST_F(DmaTest, AFlaggedDescriptorRaisesTheBlockInterruptBeforeTheListEnds) {
  job::Descriptor flagged = row(64);
  flagged.flags = 1;
  run([&] {
    execute({flagged, row(1000)});
    EXPECT_EQ(get<irq_status>(), 4u);
    EXPECT_EQ(get<status>(), (1u << 16) | 1u) << "one finished, still busy";
  });
}

TEST_F(DmaTest, TwoChannelsMoveSideBySideAndShareTheLine) {
  fill(dram, 64);
  job::Descriptor other = row(64);
  other.target_offset = kSram + 0x1000;
  run([&] {
    place({row(64)});
    place({other}, kList + 0x1000);
    start(0);
    start(1, kList + 0x1000);
    wait(sc_time(2, sc_core::SC_US));
    EXPECT_EQ(get<irq_status>(0), 1u);
    EXPECT_EQ(get<irq_status>(1), 1u);
    EXPECT_EQ(sram.data()[63], dram.data()[63]);
    EXPECT_EQ(sram.data()[0x1000 + 63], dram.data()[63]);
    set<irq_status>(1, 0);
    wait(sc_time(1, SC_NS));
    EXPECT_TRUE(irq.read()) << "channel 1 still asks";
  });
}

TEST_F(DmaTest, StartIsIgnoredWhileBusyAndRegistersAreLatched) {
  fill(dram, 2000);
  job::Descriptor d = row(1000);
  d.source_base = unsigned(job::Base::kInput);
  d.source_offset = 0;
  run([&] {
    set<base_input>(kDram);
    place({d, d});
    start();
    set<base_input>(kNowhere);
    set<list>(kNowhere);
    set<ctrl>(1);
    wait_for_irq();
    EXPECT_EQ(get<irq_status>(), 1u);
    EXPECT_EQ(get<status>(), 2u << 16);
    EXPECT_EQ(sram.data()[999], dram.data()[999]);
  });
}

TEST_F(DmaTest, RowsThatOverlapAreCopiedInOrder) {
  job::Descriptor d = row(4);
  d.target_offset = kDram + 4;
  d.rows = 8;
  d.source_row_stride = d.target_row_stride = 4;
  dram.data()[0] = 42;
  run([&] {
    execute({d});
    EXPECT_EQ(dram.data()[32], 42u) << "the first row travels to the last";
  });
}

TEST_F(DmaTest, ReportsLayerBytesAndBasesOfEachDescriptor) {
  std::vector<std::tuple<unsigned, unsigned, std::uint64_t, unsigned, unsigned>> seen;
  dma.on_bytes = [&](unsigned channel, std::uint16_t layer, std::uint64_t bytes, std::uint8_t from,
                     std::uint8_t to) { seen.emplace_back(channel, layer, bytes, from, to); };
  job::Descriptor d = row(100);
  d.layer = 9;
  d.rows = 3;
  d.source_base = unsigned(job::Base::kJob);
  d.source_offset = 0;
  run([&] {
    set<base_job>(kDram);
    execute({d, row(5)});
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0], std::make_tuple(0u, 9u, std::uint64_t{300}, 1u, 0u));
    EXPECT_EQ(seen[1], std::make_tuple(0u, 0u, std::uint64_t{5}, 0u, 0u));
  });
}

}  // namespace
}  // namespace cairn
