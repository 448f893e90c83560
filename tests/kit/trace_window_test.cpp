// Windows: which part of a run the dump shows.
#include "models/kit/input_error.hpp"
#include "tests/support/trace_bench.hpp"

namespace cairn::test {
namespace {

using Changes = std::vector<VcdReader::Change>;

class TraceWindowTest : public TraceBench {
 protected:
  /// address counts up every 10 ns from 0 to 9; the layer changes every 30 ns.
  void count() {
    for (int i = 0; i < 10; ++i, sc_core::wait(ns(10))) {
      address.set(i);
      layer.set("layer " + std::to_string(i / 3));
    }
  }
  VcdReader counted(const trace::Window& window) {
    return dump([this] { count(); }, window);
  }
};

TEST_F(TraceWindowTest, ATimeWindowOpensWithTheValuesOfItsStart) {
  const VcdReader vcd = counted({.from_ps = 25000, .to_ps = 44999});
  EXPECT_EQ(vcd.changes("bench.address"),
            (Changes{{25000, "10"}, {30000, "11"}, {40000, "100"}, {45000, "x"}}));
  EXPECT_EQ(vcd.end_ps(), 45000u);
}

TEST_F(TraceWindowTest, AConditionOnATextShowsOnlyThatLayer) {
  const VcdReader vcd = counted({.channel = "bench.layer", .value = "layer 1"});
  EXPECT_EQ(vcd.changes("bench.address"),
            (Changes{{30000, "11"}, {40000, "100"}, {50000, "101"}, {60000, "x"}}));
  EXPECT_EQ(vcd.value("bench.layer", 60000), "");
}

TEST_F(TraceWindowTest, AConditionMayOpenMoreThanOnce) {
  const VcdReader vcd = dump(
      [this] {
        for (int i = 0; i < 4; ++i, sc_core::wait(ns(10))) {
          state.set(i % 2 == 0 ? 2 : 0);
          address.set(i);
        }
      },
      {.channel = "bench.state", .value = "busy"});
  EXPECT_EQ(vcd.changes("bench.address"),
            (Changes{{0, "0"}, {10000, "x"}, {20000, "10"}, {30000, "x"}}));
}

TEST_F(TraceWindowTest, AConditionMayBeARegisterValueInHexadecimal) {
  const VcdReader vcd = counted({.channel = "bench.address", .value = "0x7"});
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{70000, "111"}, {80000, "x"}}));
}

TEST_F(TraceWindowTest, TheLastPartOfARunIsKept) {
  const VcdReader vcd = counted({.last_ps = 25000});
  EXPECT_EQ(vcd.changes("bench.address"),
            (Changes{{75000, "111"}, {80000, "1000"}, {90000, "1001"}}));
}

TEST_F(TraceWindowTest, TheLastPartOfALongRunIsKept) {
  const VcdReader vcd = dump(
      [this] {
        for (int i = 0; i < 200000; ++i, sc_core::wait(ns(1)))
          address.set(i);
      },
      {.last_ps = 2000});
  const std::string last_two = vcd.value("bench.address", 199998000);
  EXPECT_EQ(last_two, "110100111110");  // 199998 modulo 4096
  EXPECT_EQ(vcd.changes("bench.address").front().at_ps, 199998000u);
}

TEST_F(TraceWindowTest, AWindowThatNeverOpensGivesAValidFileOfUnknowns) {
  const VcdReader vcd = counted({.channel = "bench.layer", .value = "layer 77"});
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{100000, "x"}}));
  EXPECT_FALSE(opened);
}

TEST_F(TraceWindowTest, AWindowOnWhatDoesNotExistIsRefused) {
  const auto refused = [this](const trace::Window& window) {
    EXPECT_THROW(trace::VcdWriter(dump_file(), trace::all_channels(), window), InputError);
  };
  refused({.channel = "bench.lager", .value = "x"});
  refused({.channel = "bench.state", .value = "flying"});
  refused({.channel = "bench.address", .value = "4096"});
  refused({.channel = "bench.address", .value = "12 apples"});
  refused({.channel = "bench.power", .value = "1"});
  refused({.from_ps = 2, .to_ps = 1});
}

}  // namespace
}  // namespace cairn::test
