// The banked SRAM: contents, counting, the two ports.
#include "models/memory/banked_sram.hpp"

#include <random>

#include "models/kit/input_error.hpp"
#include "models/memory/bit_copy.hpp"
#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

/// 800 MHz, so 1.25 ns a cycle; 16 banks: 1,024 bits a cycle for the NPU, 128 for the bus.
class BankedSramTest : public test::Bench {
 protected:
  BankedSram sram{"features"};
  SramStream stream;

  BankedSramTest() { host.bus.bind(sram.bus); }
};

TEST_F(BankedSramTest, HasTheDefaultFeatureSizeWhichIsNoPowerOfTwo) {
  EXPECT_EQ(sram.bits(), 983'040u);
  EXPECT_EQ(sram.data().size(), 122'880u);
  run([&] {
    write32(122'876, 7);
    std::uint32_t v = 0;
    EXPECT_TLM_ADDRESS_ERROR(host.read(122'877, &v, 4));
  });
}

TEST_F(BankedSramTest, ASizeThatIsNotWholeWordsIsRefused) {
  EXPECT_THROW(BankedSram("odd", {.bits = 1000}), InputError);
}

TEST_F(BankedSramTest, ConsecutiveRangesThatShareAWordCountItOnce) {
  EXPECT_EQ(sram.count_read(stream, 0, 12, 3), 1u);
  EXPECT_EQ(sram.count_read(stream, 12, 12, 3), 0u);
  EXPECT_EQ(sram.count_read(stream, 60, 8, 2), 1u) << "bits 60..67: word 1 is new";
  EXPECT_EQ(sram.count_read(stream, 0, 1, 1), 1u) << "back to word 0: it is no longer held";
  EXPECT_EQ(sram.counts().read_words, 3u);
  EXPECT_EQ(sram.counts().read_elements, 9u);
  EXPECT_EQ(sram.counts().write_words, 0u);
}

TEST_F(BankedSramTest, EachStreamHasItsOwnWordAndWritesCountApart) {
  SramStream second;
  EXPECT_EQ(sram.count_write(stream, 0, 64, 8), 1u);
  EXPECT_EQ(sram.count_write(second, 0, 64, 8), 1u);
  stream.restart();
  EXPECT_EQ(sram.count_write(stream, 0, 64, 8), 1u);
  EXPECT_EQ(sram.count_write(stream, 0, 0, 0), 0u) << "an empty range touches nothing";
  EXPECT_EQ(sram.counts().write_words, 3u);
  EXPECT_EQ(sram.counts().write_elements, 24u);
}

TEST_F(BankedSramTest, ARangeOverTheEndGoesOnAtTheStart) {
  const std::uint64_t bits = sram.bits();
  EXPECT_EQ(sram.count_read(stream, bits - 4, 8, 1), 2u) << "the last word and the first";
  EXPECT_EQ(sram.count_read(stream, bits, 8, 1), 0u) << "offsets count modulo the size";

  const std::uint8_t in = 0xa5;
  std::uint8_t out = 0;
  SramStream writer;
  sram.write(writer, bits - 4, 8, 1, &in);
  EXPECT_EQ(sram.data()[bits / 8 - 1] >> 4, 0x5);
  EXPECT_EQ(sram.data()[0] & 0xf, 0xa);
  sram.read(stream, 3 * bits - 4, 8, 1, &out);
  EXPECT_EQ(out, in);
}

TEST_F(BankedSramTest, RandomRangesReadBackWhatWasWrittenAndCountLikeTheDefinition) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  std::vector<bool> expected(sram.bits());
  for (int round = 0; round < 500; ++round) {
    const std::uint64_t begin = random() % sram.bits();
    const std::uint64_t count = random() % 700;
    std::vector<std::uint8_t> in(count / 8 + 1);
    for (auto& byte : in)
      byte = static_cast<std::uint8_t>(random());
    SramStream fresh;
    const std::uint64_t before = sram.counts().write_words;
    sram.write(fresh, begin, count, count, in.data());
    std::vector<std::uint64_t> touched;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t bit = (begin + i) % sram.bits();
      expected[bit] = (in[i / 8] >> i % 8 & 1) != 0;
      if (touched.empty() || touched.back() != bit / 64) touched.push_back(bit / 64);
    }
    ASSERT_EQ(sram.counts().write_words - before, touched.size()) << begin << " + " << count;
    std::vector<std::uint8_t> out(count / 8 + 1);
    sram.read(fresh, begin, count, count, out.data());
    for (std::uint64_t i = 0; i < count; ++i)
      ASSERT_EQ(out[i / 8] >> i % 8 & 1, in[i / 8] >> i % 8 & 1) << begin << " + " << i;
  }
  for (std::uint64_t bit = 0; bit < sram.bits(); ++bit)
    ASSERT_EQ(sram.data()[bit / 8] >> bit % 8 & 1, expected[bit]) << bit;
}

TEST_F(BankedSramTest, TheBusSeesTheSameBytesAndIsCountedApart) {
  run([&] {
    const std::uint8_t in = 0x5a;
    sram.write(stream, 32, 8, 1, &in);
    EXPECT_EQ(read32(4), 0x5au);
    write32(0, 1);
    EXPECT_EQ(sram.counts().bus_reads, 1u);
    EXPECT_EQ(sram.counts().bus_read_bytes, 4u);
    EXPECT_EQ(sram.counts().bus_writes, 1u);
    EXPECT_EQ(sram.counts().bus_write_bytes, 4u);
    EXPECT_EQ(sram.counts().read_words, 0u);
    EXPECT_EQ(sram.counts().write_words, 1u);
  });
}

TEST_F(BankedSramTest, BusAndPrivatePortWaitForEachOther) {
  run([&] {
    std::array<std::uint8_t, 64> row{};
    EXPECT_EQ(sram.port_bits(), 1024u);
    EXPECT_EQ(sram.cycles(1025), 2u);
    EXPECT_EQ(sram.reserve(SC_ZERO_TIME, 8), SC_ZERO_TIME);  // until 10 ns
    sc_time delay = SC_ZERO_TIME;
    EXPECT_TLM_OK(host.read(0, row.data(), 64, delay));
    EXPECT_EQ(delay, sc_time(15, SC_NS));  // 10 ns of waiting, then 4 cycles
    EXPECT_EQ(sram.reserve(sc_time(12, SC_NS), 1), sc_time(15, SC_NS));
    EXPECT_EQ(sram.bus_waiting(), sc_time(10, SC_NS));
    EXPECT_EQ(sram.private_waiting(), sc_time(3, SC_NS));
  });
}

TEST_F(BankedSramTest, TheObserverHearsBusWritesDebugWritesAndFlipsBeforeTheyHappen) {
  run([&] {
    std::vector<std::array<std::uint64_t, 3>> heard;
    sram.on_bus_write([&](std::uint64_t begin, std::uint64_t count) {
      heard.push_back({begin, count, sram.data()[begin]});
    });
    const std::uint8_t byte = 9;
    write32(8, 0x01);
    EXPECT_EQ(host.debug_write(8, &byte, 1), 1u);
    sram.flip(8 * 8 + 1);
    read32(8);
    sram.write(stream, 0, 8, 1, &byte);
    const std::vector<std::array<std::uint64_t, 3>> expected{{8, 4, 0}, {8, 1, 1}, {8, 1, 9}};
    EXPECT_EQ(heard, expected);
    EXPECT_EQ(sram.data()[8], 11);
  });
}

TEST_F(BankedSramTest, GivesNoDmiPointer) {
  run([&] {
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(host.dmi(0, tlm::TLM_READ_COMMAND, dmi));
  });
}

TEST(BitCopyTest, LeavesTheBitsAroundTheRunAlone) {
  const std::array<std::uint8_t, 4> ones{0xff, 0xff, 0xff, 0xff};
  for (unsigned to = 0; to < 9; ++to)
    for (unsigned from = 0; from < 9; ++from)
      for (unsigned count = 0; count < 15; ++count) {
        std::array<std::uint8_t, 4> target{};
        copy_bits(target.data(), to, ones.data(), from, count);
        const std::uint32_t expected = ((1u << count) - 1) << to;
        std::uint32_t got = 0;
        std::memcpy(&got, target.data(), 4);
        ASSERT_EQ(got, expected) << to << " " << from << " " << count;
      }
}

}  // namespace
}  // namespace cairn
