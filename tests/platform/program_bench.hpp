// Calls the program with a fake machine and keeps what it printed.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "bootinfo_format.hpp"
#include "compiler/network.hpp"
#include "models/npu/numbers/packing.hpp"
#include "platform/cli/program.hpp"
#include "platform/run/workload.hpp"
#include "tests/platform/elf_image.hpp"
#include "tests/platform/fake_machine.hpp"
#include "tests/support/temporary_folder.hpp"

namespace cairn::test {

class ProgramBench : public testing::Test {
 public:
  static constexpr std::uint32_t kDram = 0x8000'0000;

  ProgramBench() {
    const auto elf = elf_image(kDram, {{kDram, "code", 256}},
                               {{"main", kDram, 64}, {"npu_wait", kDram + 64, 64}});
    elf_path = folder.write("infer.elf", elf);
    setenv("CAIRN_FIRMWARE", elf_path.c_str(), 1);
  }

  int run(std::vector<std::string> arguments) {
    out.str("");
    err.str("");
    platform::SessionContext context{
        out,
        err,
        false,
        [this](const platform::MachineConfig& config, platform::MachineHooks hooks) {
          ++machines;
          return std::make_unique<FakeMachine>(config, std::move(hooks), firmware);
        },
        interrupted,
        std::chrono::steady_clock::now()};
    return platform::run_program(arguments, context);
  }

  /// Plays driver and accelerator of network `fashion`: right results by the reference kernels.
  static platform::Outcome infer(FakeMachine& machine) {
    static const compiler::Network network = platform::find_network("fashion");
    auto info = machine.read<bootinfo::Bootinfo>(machine.a1);
    const auto elements = static_cast<std::size_t>(network.input.elements());
    for (std::uint32_t i = 0; i < info.count; ++i) {
      std::vector<std::uint8_t> packed(info.input_stride);
      if (!machine.peek(info.input_address + i * info.input_stride, packed))
        throw std::out_of_range("input");
      std::vector<std::int16_t> input(elements);
      numbers::unpack_features(packed, 0, network.input_type, input);
      const std::vector<std::int32_t> output = compiler::run_reference(network, input);
      packed.assign(info.output_stride, 0);
      numbers::pack_features(output, network.last().out_type, packed, 0);
      if (!machine.load(info.output_address + i * info.output_stride, packed))
        throw std::out_of_range("output");
      post_tiles(machine, i, network.layers.size());
      ++info.done;
    }
    info.result = static_cast<std::uint32_t>(bootinfo::Result::kOk);
    machine.write(machine.a1, info);
    return {};
  }

  TemporaryFolder folder;
  std::string elf_path;
  FakeMachine::Firmware firmware = infer;
  std::ostringstream out, err;
  std::atomic<bool> interrupted{false};
  int machines = 0;  ///< elaborated so far

 private:
  /// Every layer is two tiles of 600 and 400 products; the first one occupies more.
  static void post_tiles(FakeMachine& machine, std::uint32_t inference, std::size_t layers) {
    for (std::uint32_t layer = 0; layer < layers; ++layer) {
      for (const std::uint32_t first : {1u, 0u}) {
        platform::TileRecord record;
        record.inference = inference;
        record.layer = layer;
        record.cycles = first != 0 ? 60 : 40 + layer;
        record.macs = first != 0 ? 600 : 400;
        record.feature_elements_read = 16;
        record.buffer_elements_written = 3;
        record.stall_cycles[static_cast<std::size_t>(platform::Stall::kWeightPort)] = first * 7;
        record.peak_feature_bits = first != 0 ? 98'304 : 4'096;
        record.start_ps = 1'000'000 * (inference * layers + layer) + 1;
        record.end_ps = record.start_ps + 999'999;
        record.millivolt = 900;
        machine.hooks.tile(record);
      }
      machine.hooks.transfer({0, layer, 640});
    }
  }
};

}  // namespace cairn::test
