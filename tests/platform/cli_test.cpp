// The command line: usage errors, help, lists, boot.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "platform/cli/sim_time.hpp"
#include "tests/platform/input_error.hpp"
#include "tests/platform/program_bench.hpp"

namespace cairn::platform {
namespace {

class CliTest : public test::ProgramBench {};

TEST_F(CliTest, BadUsageIsOneSentenceAndStatusTwo) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"fly"},
                                             {"run"},
                                             {"run", "fashion", "--cuont", "3"},
                                             {"run", "fashion", "--count", "0"},
                                             {"run", "fashion", "--count", "many"},
                                             {"run", "fashion", "--core", "tpu"},
                                             {"run", "fashion", "--mode", "physical"},
                                             {"run", "fashion", "--set", "novalue"},
                                             {"run", "fashion", "--timeout", "5"},
                                             {"boot"},
                                             {"boot", "none.elf"},
                                             {"boot", "none.elf", "--gdb", "65536"},
                                             {"compile", "fashion"},
                                             {"params", "--set", "soc.x=1"},
                                             {"registers", "gpu"}}) {
    EXPECT_EQ(run(arguments), 2);
    EXPECT_EQ(out.str(), "");
    EXPECT_EQ(err.str().find("cairn: "), 0u) << err.str();
    EXPECT_EQ(std::ranges::count(err.str(), '\n'), 1) << err.str();
  }
  EXPECT_EQ(machines, 0);
}

TEST_F(CliTest, AMisspeltWordNamesTheNearest) {
  EXPECT_EQ(run({"run", "fashion", "--cuont", "3"}), 2);
  EXPECT_EQ(
      err.str(),
      "cairn: cairn run has no option --cuont; the nearest is --count (see: cairn run --help).\n");
  EXPECT_EQ(run({"netwroks"}), 2);
  EXPECT_NE(err.str().find("the nearest is networks"), std::string::npos) << err.str();
}

TEST_F(CliTest, HelpNamesEveryCommandAndEveryOption) {
  EXPECT_EQ(run({"--help"}), 0);
  for (const char* name :
       {"run", "boot", "compile", "networks", "cores", "map", "registers", "params", "Exit status"})
    EXPECT_NE(out.str().find(name), std::string::npos) << name;
  EXPECT_EQ(run({"run", "--help"}), 0);
  EXPECT_NE(out.str().find("Usage: cairn run"), std::string::npos) << out.str();
  for (const char* name : {"--core", "--count", "--seed", "--input", "--labels", "--outputs",
                           "--schedule", "--no-check", "--firmware", "--vcd", "--json", "--config",
                           "--set", "--timeout", "--quiet", "--gdb", "--mode", "Examples"})
    EXPECT_NE(out.str().find(name), std::string::npos) << name;
}

TEST_F(CliTest, ListsAreNotEmpty) {
  for (const auto& [command, text] :
       std::vector<std::pair<std::string, std::string>>{{"networks", "fashion"},
                                                        {"cores", "tile_pixels"},
                                                        {"map", "0x80000000"},
                                                        {"registers", "irq_status"},
                                                        {"params", "soc.cpu0.cycles.mul"}}) {
    EXPECT_EQ(run({command}), 0) << err.str();
    EXPECT_NE(out.str().find(text), std::string::npos) << out.str();
  }
}

TEST_F(CliTest, ParamsShowWhoSetWhat) {
  const std::string file = folder.write("c.toml", "soc.bus.latency_ns = 3\n");
  EXPECT_EQ(run({"params", "--json", "--config", file, "--set", "soc.bus.latency_ns=4", "--set",
                 "soc.flash.latency_ns=9"}),
            0);
  const auto parameters = nlohmann::json::parse(out.str())["parameters"];
  const auto bus = std::ranges::find_if(
      parameters, [](const auto& p) { return p["key"] == "soc.bus.latency_ns"; });
  EXPECT_EQ((*bus)["value"], 4);
  EXPECT_EQ((*bus)["set_by"], "--set soc.bus.latency_ns=4");
}

TEST_F(CliTest, BootPrintsTheSerialPortAndReturnsTheFinishersVerdict) {
  firmware = [](test::FakeMachine& machine) {
    EXPECT_EQ(machine.entry, kDram);
    EXPECT_EQ(machine.a1, 0x8000'0000u + (128u << 20) - 4096);
    EXPECT_EQ(machine.read<bootinfo::Bootinfo>(machine.a1).magic, bootinfo::kMagic);
    for (const char c : std::string("no newline"))
      machine.hooks.uart(c);
    Outcome outcome;
    outcome.finisher_code = 7;
    return outcome;
  };
  EXPECT_EQ(run({"boot", elf_path, "--json", (folder / "b.json").string()}), 1);
  EXPECT_EQ(out.str(), "no newline");
  EXPECT_NE(err.str().find("failure code 7"), std::string::npos) << err.str();
  const auto json = nlohmann::ordered_json::parse(test::content_of(folder / "b.json"));
  EXPECT_EQ(json["end"]["finisher_code"], 7);
  EXPECT_EQ(json["instructions"], 1234);
}

TEST(SimTimeTest, NeedsAUnit) {
  EXPECT_EQ(parse_sim_time("10ms"), 10'000'000'000u);
  EXPECT_EQ(parse_sim_time("1.5 us"), 1'500'000u);
  EXPECT_EQ(parse_sim_time("3ps"), 3u);
  for (const char* text : {"10", "ms", "-1ms", "0s", "1e30s", "nan s", "10 h"})
    test::expect_input_error([&] { parse_sim_time(text); }, {"--timeout", text});
}

}  // namespace
}  // namespace cairn::platform
