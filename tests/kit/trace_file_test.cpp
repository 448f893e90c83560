// The VCD file as a file: after errors, on bad paths, on a full disk, in other tools.
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmath>
#include <csignal>
#include <cstdlib>

#include "models/kit/input_error.hpp"
#include "tests/support/trace_bench.hpp"

namespace cairn::test {
namespace {

using Changes = std::vector<VcdReader::Change>;

class VcdFileTest : public TraceBench {};

TEST_F(VcdFileTest, TheFileIsValidAfterAnException) {
  {
    trace::VcdWriter writer(dump_file(), trace::all_channels());
    const auto fail = [this] {
      address.set(1);
      sc_core::wait(ns(8));
      address.set(2);
      throw std::runtime_error("the model broke");
    };
    sc_core::sc_report_handler::set_handler(sc_core::sc_report_handler::default_handler);
    EXPECT_ANY_THROW(simulate(fail));
  }
  const VcdReader vcd(dump_file());
  EXPECT_EQ(vcd.changes("bench.address"), (Changes{{0, "1"}, {8000, "10"}}));
}

TEST_F(VcdFileTest, AnUnwritablePathIsRefusedBeforeTheSimulation) {
  const std::string nowhere = (folder / "missing/run.vcd").string();
  try {
    trace::VcdWriter writer(nowhere, trace::all_channels());
    ADD_FAILURE() << "no exception";
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), "cannot write " + nowhere + ": No such file or directory");
  }
  EXPECT_FALSE(irq.on());
}

TEST_F(VcdFileTest, AFullDiskIsAnInputErrorAtOnce) {
  EXPECT_THROW(trace::VcdWriter("/dev/full", trace::all_channels()), InputError);
}

TEST_F(VcdFileTest, ADiskThatFillsUpStopsTheRunAndIsNamedAtTheEnd) {
  const rlimit small{.rlim_cur = 400'000, .rlim_max = RLIM_INFINITY};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  ASSERT_NE(std::signal(SIGXFSZ, SIG_IGN), SIG_ERR);  // a write then fails with EFBIG
  trace::VcdWriter writer(dump_file(), trace::all_channels());
  simulate([this] {
    for (int i = 0; i < 1'000'000; ++i, sc_core::wait(ns(1)))
      address.set(i);
  });
  EXPECT_LT(sc_core::sc_time_stamp(), ns(200'000));
  EXPECT_FALSE(address.on());
  try {
    writer.close();
    ADD_FAILURE() << "no exception";
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), "cannot write " + dump_file() + ": File too large");
  }
}

TEST_F(VcdFileTest, Vcd2fstConvertsTheDumpSilently) {
  static_cast<void>(dump([this] {
    for (int i = 0; i < 50; ++i, sc_core::wait(ns(10))) {
      irq.set(i % 2);
      address.set(i);
      state.set(i % 4);
      power.set(std::sin(i));
      layer.set("layer " + std::to_string(i) + " \\ \"x\"");
    }
  }));
  const std::string errors = (folder / "stderr").string(), fst = (folder / "run.fst").string();
  const std::string command = "vcd2fst " + dump_file() + " " + fst + " > " + errors + " 2>&1";
  const int status = std::system(command.c_str());  // NOLINT(cert-env33-c): no user input
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "is vcd2fst installed?";
  EXPECT_EQ(content_of(errors), "");
  const std::string back = (folder / "back.vcd").string();
  ASSERT_EQ(std::system(("fst2vcd " + fst + " > " + back).c_str()), 0);
  EXPECT_NE(content_of(back).find("slayer\\04049\\040\\\\\\040\\\"x\\\" "), std::string::npos);
}

}  // namespace
}  // namespace cairn::test
