// The VCD writer: values are read back out of the dump.
#include <limits>
#include <random>

#include "tests/support/trace_bench.hpp"

namespace cairn::test {
namespace {

using Changes = std::vector<VcdReader::Change>;

class VcdWriterTest : public TraceBench {};

TEST_F(VcdWriterTest, EveryKindIsReadBack) {
  const VcdReader vcd = dump([this] {
    sc_core::wait(ns(1));
    irq.set(true);
    address.set(0x2a5);
    wide.set(std::numeric_limits<std::uint64_t>::max());
    state.set(1);
    power.set(0.1);
    layer.set("conv1 3x3");
  });
  EXPECT_EQ(vcd.changes("bench.irq"), (Changes{{0, "x"}, {1000, "1"}}));
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{0, "x"}, {1000, "1010100101"}}));
  EXPECT_EQ(vcd.changes("bench.wide"), (Changes{{0, "x"}, {1000, std::string(64, '1')}}));
  EXPECT_EQ(vcd.changes("bench.state"), (Changes{{0, ""}, {1000, "load weights"}}));
  EXPECT_EQ(vcd.changes("bench.power"), (Changes{{0, "0"}, {1000, "0.1"}}));
  EXPECT_EQ(vcd.changes("bench.layer"), (Changes{{0, ""}, {1000, "conv1 3x3"}}));
}

TEST_F(VcdWriterTest, DeclarationsCarryKindWidthAndRange) {
  const VcdReader vcd = dump([] {});
  EXPECT_EQ(vcd.variables().size(), 6u);
  EXPECT_EQ(vcd.variable("bench.irq").type, "wire");
  EXPECT_EQ(vcd.variable("bench.irq").range, "");
  EXPECT_EQ(vcd.variable("bench.address").width, 12u);
  EXPECT_EQ(vcd.variable("bench.address").range, "[11:0]");
  EXPECT_EQ(vcd.variable("bench.state").type, "string");
  EXPECT_EQ(vcd.variable("bench.power").type, "real");
}

TEST_F(VcdWriterTest, ValuesSetBeforeTheDumpAreInTheFirstValues) {
  address.set(9);
  const VcdReader vcd = dump([] {});
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{0, "1001"}}));
}

TEST_F(VcdWriterTest, FutureChangesAreWrittenInTimeOrder) {
  const VcdReader vcd = dump([this] {
    address.set(3, ns(30));
    irq.set(true, ns(20));
    address.set(1, ns(10));
    sc_core::wait(ns(15));
    irq.set(false);
    sc_core::wait(ns(85));
  });
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{0, "x"}, {10000, "1"}, {30000, "11"}}));
  EXPECT_EQ(vcd.changes("bench.irq"), (Changes{{0, "x"}, {15000, "0"}, {20000, "1"}}));
  EXPECT_EQ(vcd.end_ps(), 100000u);
}

TEST_F(VcdWriterTest, AnEqualFutureValueCountsIfADifferentOneComesBefore) {
  const VcdReader vcd = dump([this] {
    address.set(1);
    address.set(1, ns(60));
    address.set(2, ns(55));
    sc_core::wait(ns(80));
  });
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{0, "1"}, {55000, "10"}, {60000, "1"}}));
}

TEST_F(VcdWriterTest, AnUnchangedValueIsNotWritten) {
  const VcdReader vcd = dump([this] {
    for (int i = 0; i < 5; ++i, sc_core::wait(ns(10))) {
      state.set(1);
      layer.set("fc", sc_core::sc_time_stamp() + ns(5));
    }
  });
  EXPECT_EQ(vcd.changes("bench.state").size(), 1u);
  EXPECT_EQ(vcd.changes("bench.layer"), (Changes{{0, ""}, {5000, "fc"}}));
}

TEST_F(VcdWriterTest, AtOneTimeTheLastValueWins) {
  const VcdReader vcd = dump([this] {
    address.set(0);
    sc_core::wait(ns(5));
    address.set(1);
    address.set(2);
    irq.set(true);
    address.set(4);
    sc_core::wait(ns(5));
    address.set(7);
    address.set(4);
  });
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{0, "0"}, {5000, "100"}}));
}

TEST_F(VcdWriterTest, WhatAProcessorDidBeyondTheEndIsDropped) {
  const VcdReader vcd = dump([this] {
    address.set(1);
    address.set(2, ns(40));
    sc_core::wait(ns(30));
    sc_core::sc_stop();
  });
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{0, "1"}}));
  EXPECT_EQ(vcd.end_ps(), 30000u);
}

TEST_F(VcdWriterTest, OddCharactersOfATextSurvive) {
  const std::string odd =
      "a b\\c\"d\te\nf {x} $end #5 gr\xc3\xb6\xc3\x9f"
      "e";
  const VcdReader vcd = dump([&] { layer.set(odd); });
  EXPECT_EQ(vcd.value("bench.layer", 0), odd);
}

TEST_F(VcdWriterTest, AnEnumerationValueWithoutANameShowsItsNumber) {
  const VcdReader vcd = dump([this] { state.set(17); });
  EXPECT_EQ(vcd.value("bench.state", 0), "17");
}

TEST_F(VcdWriterTest, ManyRandomChangesGiveTheSameAsAPlainModel) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::map<std::uint64_t, std::uint64_t> expected;  // value of address by time
  const VcdReader vcd = dump([&] {
    for (int step = 0; step < 100000; ++step) {
      const std::uint64_t value = random() % 4096;
      const auto ahead = ns(random() % 3 == 0 ? static_cast<int>(random() % 50) : 0);
      const auto at = sc_core::sc_time_stamp() + ahead;
      address.set(value, at);
      expected[at.value()] = value;
      if (random() % 2 == 0) sc_core::wait(ns(1));
    }
    sc_core::wait(ns(50));
  });
  Changes changes{{0, "x"}};
  if (expected.begin()->first == 0) changes.clear();
  std::uint64_t last = 1 << 12;
  for (const auto& [at, value] : expected) {
    if (value == last) continue;
    last = value;
    std::string digits;
    for (std::uint64_t rest = value; rest != 0 || digits.empty(); rest /= 2)
      digits.insert(digits.begin(), rest % 2 != 0 ? '1' : '0');
    changes.push_back({at, digits});
  }
  EXPECT_GT(changes.size(), 30000u);
  const Changes& read = vcd.changes("bench.address");
  ASSERT_EQ(read.size(), changes.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    ASSERT_EQ(read[i].at_ps, changes[i].at_ps) << "change " << i;
    ASSERT_EQ(read[i].value, changes[i].value) << "change " << i;
  }
}

}  // namespace
}  // namespace cairn::test
