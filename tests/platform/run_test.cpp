// cairn run: results, files, exit statuses.
#include <nlohmann/json.hpp>

#include "platform/data/npy.hpp"
#include "platform/data/read_data.hpp"
#include "tests/platform/program_bench.hpp"

namespace cairn::platform {
namespace {

class RunTest : public test::ProgramBench {
 public:
  nlohmann::ordered_json json() const {
    return nlohmann::ordered_json::parse(test::content_of(folder / "r.json"));
  }

  /// Images and labels of our own, so that the tests need no data package.
  std::vector<std::string> fashion(std::vector<std::string> more) {
    std::vector<std::int32_t> pixels;
    for (int i = 0; i < 3 * 784; ++i)
      pixels.push_back(i * 37 % 256);
    write_npy(folder / "images.npy", 3, 784, pixels);
    std::vector<std::string> arguments{"run",      "fashion",
                                       "--input",  (folder / "images.npy").string(),
                                       "--labels", folder.write("labels.txt", "1 2 3\n")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(RunTest, AGoodRunPassesTheCheckAndPrintsATotal) {
  EXPECT_EQ(run(fashion({})), 0) << err.str();
  EXPECT_TRUE(out.str().find("3 of 3 inputs") != std::string::npos) << out.str();
  EXPECT_TRUE(out.str().find(" 0 mismatches") != std::string::npos) << out.str();
  EXPECT_TRUE(out.str().find("total") != std::string::npos) << out.str();
  EXPECT_EQ(err.str(), "");
}

TEST_F(RunTest, TheJsonHoldsWhatTheTableShows) {
  ASSERT_EQ(run(fashion({"--json", (folder / "r.json").string()})), 0) << err.str();
  const auto j = json();
  EXPECT_EQ(j.begin().key(), "schema_version");
  EXPECT_EQ(j["network"], "fashion");
  EXPECT_EQ(j["count"], 3);
  EXPECT_EQ(j["mismatches"], 0);
  EXPECT_TRUE(j.contains("accuracy"));
  EXPECT_GT(j["power_w"], 0);
  EXPECT_GT(j["chip_tops_per_w"], j["tops_per_w"]);
  EXPECT_GT(j["layers"][1]["energy_pj"]["array"], 0);
  EXPECT_EQ(j["layers"][1]["operands"]["weight_bits"], 4);
  const std::size_t layers = j["layers"].size();
  ASSERT_GE(layers, 7u);
  EXPECT_EQ(j["layers"][1]["cycles"], 3 * 101);
  EXPECT_EQ(j["layers"][1]["stall_cycles"]["weight_port"], 21);
  EXPECT_EQ(j["layers"][0]["dram_bytes"], 3 * 640);
  EXPECT_EQ(j["layers"][1]["feature_elements_read"], 3 * 2 * 16) << "both tiles of a layer";
  EXPECT_EQ(j["layers"][1]["buffer_elements_written"], 3 * 2 * 3);
  EXPECT_EQ(j["layers"][0]["op"], "convolution");
  EXPECT_EQ(j["totals"]["macs"], 3000 * layers);
  EXPECT_EQ(j["per_inference"]["macs"], 1000.0 * static_cast<double>(layers));
  EXPECT_DOUBLE_EQ(j["layers"][0]["ocmu"], 0.1);
  EXPECT_EQ(j["memory"]["features_bits"], 983'040);
  EXPECT_EQ(j["end"]["exit_status"], 0);
}

TEST_F(RunTest, OutputsAreTheNetworksIntegersOneRowPerInput) {
  ASSERT_EQ(run(fashion({"--count", "2", "--outputs", (folder / "y.npy").string()})), 0)
      << err.str();
  const Array y = read_data(folder / "y.npy");
  EXPECT_EQ(y.shape, (std::vector<std::uint64_t>{2, 10}));
  const compiler::Network network = find_network("fashion");
  std::vector<std::int16_t> image;
  for (int i = 0; i < 784; ++i)
    image.push_back(static_cast<std::int16_t>(i * 37 % 256));
  const auto expected = compiler::run_reference(network, image);
  EXPECT_EQ(std::vector<double>(expected.begin(), expected.end()),
            std::vector<double>(y.values.begin(), y.values.begin() + 10));
}

TEST_F(RunTest, OneWrongOutputIsCountedAndFailsTheRun) {
  firmware = [](test::FakeMachine& machine) {
    const Outcome outcome = infer(machine);
    const auto info = machine.read<bootinfo::Bootinfo>(machine.a1);
    machine.write(info.output_address, machine.read<std::uint32_t>(info.output_address) ^ 1u);
    return outcome;
  };
  EXPECT_EQ(run(fashion({"--json", (folder / "r.json").string()})), 1);
  EXPECT_EQ(json()["mismatches"], 1);
  EXPECT_TRUE(err.str().find("1 outputs differ") != std::string::npos) << err.str();
  EXPECT_EQ(run(fashion({"--no-check"})), 0);
}

TEST_F(RunTest, AFailureOfTheFirmwareIsExplainedInWords) {
  firmware = [](test::FakeMachine& machine) {
    auto info = machine.read<bootinfo::Bootinfo>(machine.a1);
    info.result = static_cast<std::uint32_t>(bootinfo::Result::kWrongCore);
    machine.write(machine.a1, info);
    Outcome outcome;
    outcome.finisher_code = 5;
    return outcome;
  };
  EXPECT_EQ(run(fashion({"--json", (folder / "r.json").string()})), 1);
  EXPECT_TRUE(err.str().find("failure code 5: the job was built for another core") !=
              std::string::npos)
      << err.str();
  EXPECT_EQ(json()["end"]["finisher_code"], 5);
  EXPECT_EQ(json()["end"]["firmware_result"], "wrong_core");
}

TEST_F(RunTest, ADeadlockEndsWithAPostMortem) {
  firmware = [](test::FakeMachine&) {
    Outcome outcome;
    outcome.end = End::kDeadlock;
    outcome.cpu.pc = kDram + 68;
    outcome.waiting = {"npu0 waits for token 0 to reach 3 (it has 2) before command 1"};
    outcome.transactions = {
        {1000, "soc.dma0", "soc.dram", "read", 0x8000'1000, 64, "ok", "dram+0x1000"},
        {2000, "soc.cpu0", "", "write", 0x4444'0000, 4, "address error", ""}};
    return outcome;
  };
  EXPECT_EQ(run(fashion({"--json", (folder / "r.json").string()})), 3);
  for (const char* text : {"deadlock", "npu_wait+0x4", "waits for token 0", "0x44440000",
                           "address error", "nothing there", "dram+0x1000"})
    EXPECT_TRUE(err.str().find(text) != std::string::npos) << text << " in " << err.str();
  EXPECT_EQ(json()["end"]["reason"], "deadlock");
  EXPECT_EQ(json()["failure"]["function"], "npu_wait");
}

TEST_F(RunTest, ATimeoutReachesTheMachineAndIsASystemFailure) {
  firmware = [](test::FakeMachine& machine) {
    EXPECT_EQ(machine.timeout_ps, 1'500'000u);
    Outcome outcome;
    outcome.end = End::kTimeout;
    return outcome;
  };
  EXPECT_EQ(run(fashion({"--timeout", "1.5us"})), 3);
  EXPECT_TRUE(err.str().find("--timeout") != std::string::npos) << err.str();
}

TEST_F(RunTest, AnInterruptKeepsWhatIsKnown) {
  firmware = [this](test::FakeMachine& machine) {
    Outcome outcome = infer(machine);
    auto info = machine.read<bootinfo::Bootinfo>(machine.a1);
    info.done = 2;
    machine.write(machine.a1, info);
    interrupted = true;
    outcome.end = End::kInterrupted;
    return outcome;
  };
  EXPECT_EQ(run(fashion({"--json", (folder / "r.json").string(), "--outputs",
                         (folder / "y.npy").string()})),
            130);
  EXPECT_EQ(json()["done"], 2);
  EXPECT_EQ(read_data(folder / "y.npy").shape[0], 2u);
}

TEST_F(RunTest, TheSerialPortGoesLineByLineToTheErrorStream) {
  firmware = [](test::FakeMachine& machine) {
    for (const char c : std::string("hello\r\nworld"))
      machine.hooks.uart(c);
    return infer(machine);
  };
  EXPECT_EQ(run(fashion({"--no-check"})), 0);
  EXPECT_EQ(err.str(), "hello\nworld\n");
}

TEST_F(RunTest, TheConfigurationReachesMachineAndCompiler) {
  EXPECT_EQ(run(fashion({"--set", "soc.npu0.features.bytes=64"})), 2);
  EXPECT_EQ(machines, 0);
  EXPECT_TRUE(err.str().find("conv1") != std::string::npos) << err.str();
}

TEST_F(RunTest, UnusableInputStopsBeforeAnythingIsWritten) {
  const std::string json_path = (folder / "r.json").string();
  const std::string cut = folder.write("cut.npy", "\x93NUMPY");
  write_npy(folder / "small.npy", 1, 10, std::vector<std::int32_t>(10));
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases{
      {{"run", "nosuch"}, "fashion"},
      {{"run", "fashion", "--input", cut}, "cut.npy"},
      {{"run", "fashion", "--input", (folder / "none.npy").string()}, "none.npy"},
      {{"run", "fashion", "--input", (folder / "small.npy").string()},
       "[1, 10], but the network takes [N, 28, 28, 1]"},
      {{"run", "fashion", "--input", "yes.wav"}, "audio"},
      {fashion({"--count", "4"}), "holds 3 inputs, but --count asks for 4"},
      {fashion({"--firmware", cut}), "not an ELF file"},
      {fashion({"--outputs", "/nosuch/y.npy"}), "/nosuch"},
      {fashion({"--set", "soc.dram.bytes=4096"}), "raise soc.dram.bytes"},
  };
  for (auto [arguments, message] : cases) {
    arguments.insert(arguments.end(), {"--json", json_path});
    EXPECT_EQ(run(arguments), 2) << arguments[1];
    EXPECT_TRUE(err.str().find(message) != std::string::npos) << message << " in " << err.str();
    EXPECT_EQ(out.str(), "");
  }
  EXPECT_EQ(machines, 0);
  EXPECT_FALSE(std::filesystem::exists(json_path));
}

TEST_F(RunTest, ACompiledJobRunsAndATruncatedOneIsRefused) {
  const std::string job = (folder / "f.job").string();
  ASSERT_EQ(run({"compile", "fashion", "--core", "ms", "-o", job}), 0) << err.str();
  fashion({});
  EXPECT_EQ(run({"run", job, "--input", (folder / "images.npy").string()}), 0) << err.str();
  EXPECT_TRUE(out.str().find("not checked") != std::string::npos) << out.str();

  std::string image = test::content_of(job);
  for (const std::size_t size :
       {image.size() - 1, image.size() / 2, std::size_t{64}, std::size_t{10}, std::size_t{0}}) {
    EXPECT_EQ(run({"run", folder.write("cut.job", image.substr(0, size))}), 2) << size;
    EXPECT_TRUE(err.str().find("cut.job") != std::string::npos) << err.str();
  }
}

TEST_F(RunTest, RandomInputsFollowFromTheSeed) {
  const std::string job = (folder / "f.job").string();
  ASSERT_EQ(run({"compile", "fashion", "-o", job}), 0) << err.str();
  const auto outputs = [&](const char* seed) {
    EXPECT_EQ(run({"run", job, "--seed", seed, "--outputs", (folder / "y.npy").string()}), 0)
        << err.str();
    return test::content_of(folder / "y.npy");
  };
  const std::string first = outputs("1");
  EXPECT_EQ(outputs("1"), first);
  EXPECT_NE(outputs("2"), first);
}

}  // namespace
}  // namespace cairn::platform
