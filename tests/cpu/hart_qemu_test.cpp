// QEMU as the judge: random programs must print the same text on it and on our hart.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "tests/cpu/random_program.hpp"
#include "tests/cpu/test_machine.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kProgramsPerTest = 6;
constexpr unsigned kInstructions = 1500;

/// A folder that goes with its owner.
struct ScratchFolder {
  fs::path path = fs::temp_directory_path() / fmt::format("cairn_hart_qemu_{}", getpid());
  ScratchFolder() { fs::create_directories(path); }
  ~ScratchFolder() { fs::remove_all(path); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
};

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

int shell(const std::string& command) {
  return std::system(command.c_str());
}

/// Assembles `source` to program.elf and program.bin, loaded at the base of RAM.
void assemble(const fs::path& folder, const std::string& source) {
  std::ofstream(folder / "program.S") << source;
  const std::string tool = "riscv64-unknown-elf-";
  ASSERT_EQ(0, shell(fmt::format("cd {} && {}gcc -march=rv32imac_zicsr_zifencei -mabi=ilp32 "
                                 "-nostdlib -Wl,-Ttext={:#x} -o program.elf program.S && "
                                 "{}objcopy -O binary program.elf program.bin",
                                 folder.string(), tool, test::kRamBase, tool)))
      << "the cross assembler is needed";
}

std::string run_on_qemu(const fs::path& folder) {
  // The bit-manipulation extensions are on by default; H is refused without supervisor mode.
  const int status = shell(
      fmt::format("cd {} && timeout 15 qemu-system-riscv32 -M virt -bios none -nographic -cpu "
                  "rv32,f=false,d=false,s=false,h=false,zba=false,zbb=false,zbc=false,zbs="
                  "false -kernel program.elf > qemu.txt < /dev/null",
                  folder.string()));
  EXPECT_EQ(0, status) << "qemu-system-riscv32 is needed, and the program must end there";
  return contents(folder / "qemu.txt");
}

std::string run_on_hart(const fs::path& folder) {
  test::TestMachine machine({}, 128u << 20);
  const std::string image = contents(folder / "program.bin");
  std::copy(image.begin(), image.end(), machine.ram.begin());
  for (int i = 0; i < 1'000'000 && machine.finished == 0; ++i)
    if (machine.run(1000) == hart::Stop::kHalted) break;
  EXPECT_EQ(machine.finished, 0x5555u) << machine.hart.halt().text();
  return machine.text;
}

class HartQemuTest : public testing::TestWithParam<unsigned> {};

TEST_P(HartQemuTest, RandomProgramsPrintTheSameTextAsOnQemu) {
  const char* given = std::getenv("CAIRN_SEED");
  const auto base = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : 20'260u;
  const ScratchFolder folder;
  for (unsigned i = 0; i < kProgramsPerTest; ++i) {
    const std::uint32_t seed = base + GetParam() * kProgramsPerTest + i;
    SCOPED_TRACE(fmt::format("seed {} (CAIRN_SEED sets the first)", seed));
    ASSERT_NO_FATAL_FAILURE(assemble(folder.path, test::random_program(seed, kInstructions)));
    const std::string expected = run_on_qemu(folder.path);
    ASSERT_GT(expected.size(), 1000u);
    ASSERT_EQ(run_on_hart(folder.path), expected);
  }
  fmt::print("seeds {}..{}\n", base + GetParam() * kProgramsPerTest,
             base + (GetParam() + 1) * kProgramsPerTest - 1);
}

INSTANTIATE_TEST_SUITE_P(Programs, HartQemuTest, testing::Range(0u, 5u));

}  // namespace
}  // namespace cairn
