// What a channel tells its sink, and what it costs when nobody listens.
#include <string>
#include <tuple>
#include <vector>

#include "models/kit/trace.hpp"
#include "tests/support/trace_bench.hpp"

namespace cairn::test {
namespace {

class Listener : public trace::Sink {
 public:
  void bits_changed(const trace::Channel& channel, std::uint64_t at_ps,
                    std::uint64_t bits) override {
    heard.push_back(std::string(channel.basename()) + "=" + std::to_string(bits) + "@" +
                    std::to_string(at_ps));
  }
  void text_changed(const trace::Channel& channel, std::uint64_t at_ps,
                    std::string_view text) override {
    heard.push_back(std::string(channel.basename()) + "=" + std::string(text) + "@" +
                    std::to_string(at_ps));
  }
  std::vector<std::string> heard;
};

using Heard = std::vector<std::string>;

class TraceChannelTest : public TraceBench {
 protected:
  Listener listener;
};

TEST_F(TraceChannelTest, ChangesCarryTheKernelsTime) {
  irq.attach(listener, 0);
  simulate([this] {
    sc_core::wait(ns(3));
    irq.set(true);
  });
  EXPECT_EQ(listener.heard, Heard{"irq=1@3000"});
}

TEST_F(TraceChannelTest, ChangesMayCarryALaterLocalTime) {
  layer.attach(listener, 0);
  simulate([this] { layer.set("conv1", ns(70)); });
  EXPECT_EQ(listener.heard, Heard{"layer=conv1@70000"});
}

TEST_F(TraceChannelTest, AnUnchangedValueIsNotReported) {
  for (trace::Channel* channel : trace::all_channels())
    channel->attach(listener, 0);
  simulate([this] {
    for (int i = 0; i < 3; ++i, sc_core::wait(ns(1))) {
      irq.set(true);
      address.set(7);
      state.set(2);
      power.set(1.5);
      layer.set("fc");
    }
  });
  EXPECT_EQ(listener.heard.size(), 6u) << "five channels, and the curve's start at 0";
}

TEST_F(TraceChannelTest, AnOlderChangeIsReportedThoughItEqualsTheNewest) {
  address.attach(listener, 0);
  simulate([this] {
    address.set(5, ns(50));
    address.set(5, ns(10));
  });
  EXPECT_EQ(listener.heard, (Heard{"address=5@50000", "address=5@10000"}));
}

TEST_F(TraceChannelTest, AnOlderChangeDoesNotReplaceTheNewestValue) {
  address.attach(listener, 0);
  simulate([this] {
    address.set(5, ns(50));
    address.set(6, ns(10));
    sc_core::wait(ns(60));
    address.set(5);
  });
  EXPECT_EQ(listener.heard, (Heard{"address=5@50000", "address=6@10000"}));
}

TEST_F(TraceChannelTest, AChangeBeforeTheKernelsTimeIsABugInTheModel) {
  address.attach(listener, 0);
  bool thrown = false;
  simulate([&] {
    sc_core::wait(ns(20));
    try {
      address.set(1, ns(10));
    } catch (const std::logic_error& error) {
      thrown = true;
      EXPECT_STREQ(
          error.what(),
          "trace channel bench.address: change at 10000 ps, but the kernel is at 20000 ps");
    }
  });
  EXPECT_TRUE(thrown);
}

TEST_F(TraceChannelTest, WithoutASinkNothingIsOnAndNothingIsReported) {
  irq.attach(listener, 0);
  irq.detach();
  EXPECT_FALSE(irq.on());
  simulate([this] { irq.set(true); });
  EXPECT_TRUE(listener.heard.empty());
}

TEST_F(TraceChannelTest, ALateSinkHearsThePresentValue) {
  simulate([this] {
    state.set(1);
    sc_core::wait(ns(4));
    state.attach(listener, 0);
    sc_core::wait(ns(1));
    state.set(1);
  });
  EXPECT_EQ(listener.heard, Heard{"state=1@4000"});
}

TEST_F(TraceChannelTest, AVectorDropsBitsBeyondItsWidth) {
  address.attach(listener, 0);
  simulate([this] { address.set(0xabcd); });
  EXPECT_EQ(listener.heard, Heard{"address=3021@0"});
}

TEST_F(TraceChannelTest, AVectorOfNoBitsOrTooManyIsRefused) {
  EXPECT_THROW(trace::Vector("none", 0), std::logic_error);
  EXPECT_THROW(trace::Vector("many", 65), std::logic_error);
}

TEST_F(TraceChannelTest, EveryChannelOfTheHierarchyIsFoundByItsFullName) {
  Heard names;
  for (const trace::Channel* channel : trace::all_channels())
    names.emplace_back(channel->name());
  EXPECT_EQ(names, (Heard{"bench.irq", "bench.address", "bench.wide", "bench.state", "bench.power",
                          "bench.layer"}));
}

}  // namespace
}  // namespace cairn::test
