// Parameters: layers, types, ranges, messages.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "platform/params/parameters.hpp"
#include "tests/platform/input_error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace cairn::platform {
namespace {

using test::expect_input_error;

TEST(ParametersTest, DefaultsAreTheDocumentedClocks) {
  const MachineConfig config = machine_config(Parameters());
  EXPECT_EQ(config.cpu0.clock_hz, 400'000'000u);
  ASSERT_EQ(config.npus.size(), 1u);
  EXPECT_EQ(config.npus[0].point().clock_hz, 800'000'000u);
  EXPECT_EQ(config.npus[0].geometry.feature_bits, 983'040u);
  EXPECT_EQ(config.npus[0].geometry.hash(), npu::cores().front().defaults().hash());
  EXPECT_EQ(config.dram.bytes, 128u << 20);
}

TEST(ParametersTest, SetWinsOverTheFileWhichWinsOverTheDefault) {
  test::TemporaryFolder folder;
  const std::string file =
      folder.write("a.toml", "[soc.dram]\nlatency_ns = 60\n[soc]\nbus.latency_ns = 5\n");
  std::vector<Assignment> assignments = read_config(file);
  assignments.push_back(parse_set("soc.dram.latency_ns=70"));
  const Parameters parameters(assignments);
  EXPECT_EQ(parameters.integer("soc.dram.latency_ns"), 70);
  EXPECT_EQ(parameters.integer("soc.bus.latency_ns"), 5);
  EXPECT_EQ(parameters.find("soc.bus.latency_ns")->origin, file + ":4");
  EXPECT_TRUE(parameters.find("soc.flash.latency_ns")->is_default());
}

TEST(ParametersTest, ExtensionsOfTheHartAreOffUntilTheyAreSet) {
  const hart::Extensions plain = machine_config(Parameters()).cpu0.hart.extensions;
  EXPECT_FALSE(plain.has_float);
  EXPECT_FALSE(plain.has_bitmanip);
  const MachineConfig set = machine_config(
      Parameters({parse_set("soc.cpu0.float=true"), parse_set("soc.cpu0.cycles.fp=7")}));
  EXPECT_TRUE(set.cpu0.hart.extensions.has_float);
  EXPECT_FALSE(set.cpu0.hart.extensions.has_bitmanip);
  EXPECT_EQ(set.cpu0.hart.costs.fp, 7u);
  EXPECT_EQ(set.cpu0.hart.costs.fp_div, 20u);
  EXPECT_TRUE(machine_config(Parameters({parse_set("soc.cpu0.bitmanip=1")}))
                  .cpu0.hart.extensions.has_bitmanip);
}

TEST(ParametersTest, AnUnknownKeyNamesTheNearestOnes) {
  expect_input_error(
      [] { Parameters({parse_set("soc.dram.latency=60")}); },
      {"--set soc.dram.latency=60", "no parameter 'soc.dram.latency'", "soc.dram.latency_ns"});
}

TEST(ParametersTest, AnUnknownKeyInAFileNamesFileAndLine) {
  test::TemporaryFolder folder;
  const std::string file = folder.write("a.toml", "# board\n[soc.cpu0]\nclock = 1_000\n");
  expect_input_error([&] { Parameters(read_config(file)); },
                     {(file + ":3").c_str(), "soc.cpu0.clock_hz"});
}

TEST(ParametersTest, AWrongTypeIsRefused) {
  expect_input_error([] { Parameters({parse_set("soc.cpu0.clock_hz=fast")}); },
                     {"soc.cpu0.clock_hz takes an integer, not 'fast'"});
  test::TemporaryFolder folder;
  const std::string file = folder.write("a.toml", "soc.dram.bytes = \"big\"\n");
  expect_input_error([&] { Parameters(read_config(file)); }, {(file + ":1").c_str(), "an integer"});
}

TEST(ParametersTest, AValueOutOfRangeIsRefused) {
  expect_input_error([] { Parameters({parse_set("soc.dram.bytes=100")}); },
                     {"must lie between 4096", "not 100"});
  expect_input_error([] { Parameters({parse_set("soc.dram.bytes=5000")}); }, {"multiple of 4096"});
  expect_input_error([] { Parameters({parse_set("soc.cpu0.icache.lines=3")}); }, {"power of two"});
  expect_input_error([] { Parameters({parse_set("soc.npu0.core=tpu")}); }, {"must be one of ms"});
  expect_input_error([] { Parameters({parse_set("soc.npu0.ms.tile_pixels=0")}); }, {"between 1"});
}

TEST(ParametersTest, NumbersTakeUnitsAndSeparators) {
  const Parameters p({parse_set("soc.dram.bytes=64Mi"), parse_set("soc.cpu0.clock_hz=1_200M"),
                      parse_set("soc.npu0.features.bytes=0x8000")});
  EXPECT_EQ(p.integer("soc.dram.bytes"), 64 << 20);
  EXPECT_EQ(p.integer("soc.cpu0.clock_hz"), 1'200'000'000);
  EXPECT_EQ(p.integer("soc.npu0.features.bytes"), 0x8000);
  for (const char* text : {"1Q", "1kk", "", "0x", "9999999999G", "--1"})
    expect_input_error([&] { Parameters({parse_set(std::string("soc.cpu0.clock_hz=") + text)}); },
                       {"an integer"});
}

TEST(ParametersTest, EveryNpuHasItsOwnKeys) {
  const MachineConfig config =
      machine_config(Parameters({parse_set("soc.npus=2"), parse_set("soc.npu1.clock_hz=100M"),
                                 parse_set("soc.npu1.ms.tile_pixels=8")}));
  ASSERT_EQ(config.npus.size(), 2u);
  EXPECT_EQ(config.npus[0].point().clock_hz, 800'000'000u);
  EXPECT_EQ(config.npus[1].point().clock_hz, 100'000'000u);
  EXPECT_EQ(config.npus[1].geometry.at("tile_pixels"), 8);
  EXPECT_NE(config.npus[0].geometry.hash(), config.npus[1].geometry.hash());
  expect_input_error([] { Parameters({parse_set("soc.npu1.clock_hz=1M")}); },
                     {"soc.npu1.clock_hz"});
}

TEST(ParametersTest, ADamagedFileNamesItsLine) {
  test::TemporaryFolder folder;
  const std::string file = folder.write("a.toml", "[soc]\nx = \n");
  expect_input_error([&] { read_config(file); }, {(file + ":2").c_str()});
  expect_input_error([&] { read_config(folder / "none.toml"); }, {"none.toml", "cannot be read"});
  expect_input_error([&] { read_config(folder.write("l.toml", "soc.npus = [1]\n")); },
                     {"l.toml:1"});
}

TEST(ParametersTest, TheJsonSaysWhoSetAValue) {
  const auto json = nlohmann::json::parse(parameters_json(Parameters({parse_set("soc.npus=2")})));
  EXPECT_EQ(json["schema_version"], 1);
  bool found = false;
  for (const auto& p : json["parameters"]) {
    EXPECT_FALSE(p["doc"].get<std::string>().empty()) << p["key"];
    if (p["key"] != "soc.npus") continue;
    found = true;
    EXPECT_EQ(p["value"], 2);
    EXPECT_EQ(p["default"], 1);
    EXPECT_EQ(p["set_by"], "--set soc.npus=2");
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace cairn::platform
