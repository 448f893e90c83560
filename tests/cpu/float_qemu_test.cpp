// QEMU as the judge of F, Zba and Zbb: random programs must log the same results and flags there.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/cpu/random_float_program.hpp"
#include "tests/cpu/test_machine.hpp"
#include "tests/support/temporary_folder.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kSteps = 4000;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

int shell(const fs::path& folder, const std::string& command) {
  return std::system(fmt::format("cd {} && {}", folder.string(), command).c_str());
}

unsigned long from_environment(const char* name, unsigned long otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::stoul(given) : otherwise;
}

std::string run_on_qemu(const fs::path& folder) {
  EXPECT_EQ(0, shell(folder,
                     "timeout 30 qemu-system-riscv32 -M virt -bios none -nographic -cpu "
                     "rv32,f=true,d=false,s=false,h=false,zba=true,zbb=true,zbc=false,zbs=false "
                     "-kernel program.elf > qemu.txt < /dev/null"))
      << "qemu-system-riscv32 is needed, and the program must end there";
  return contents(folder / "qemu.txt");
}

std::string run_on_hart(const fs::path& folder) {
  hart::HartConfig config;
  config.extensions = {.has_float = true, .has_bitmanip = true};
  test::TestMachine machine(config, 128u << 20);
  const std::string image = contents(folder / "program.bin");
  std::ranges::copy(image, machine.ram.begin());
  for (int i = 0; i < 10'000'000 && machine.finished == 0; ++i)
    if (machine.run(1000) == hart::Stop::kHalted) break;
  EXPECT_EQ(machine.finished, 0x5555u) << machine.hart.halt().text();
  return machine.text;
}

/// The step whose result is the first difference: nine characters a word, two words a step.
std::string first_difference(const test::FloatProgram& program, const std::string& ours,
                             const std::string& qemus) {
  const auto differs = std::ranges::mismatch(ours, qemus).in1;
  const auto at = static_cast<std::size_t>(differs - ours.begin());
  const std::size_t step = at / 18;
  if (step >= program.steps.size()) return "in the traps or in memory";
  const auto both = [step](const std::string& text) { return text.substr(step * 18, 17); };
  return fmt::format("step {}: {} gives {}, on QEMU {}", step, program.steps[step], both(ours),
                     both(qemus));
}

TEST(FloatQemuTest, RandomProgramsLogTheSameResultsAndFlagsAsOnQemu) {
  const auto first = static_cast<std::uint32_t>(from_environment("CAIRN_SEED", 31'000));
  const auto count = static_cast<std::uint32_t>(from_environment("CAIRN_PROGRAMS", 2));
  const test::TemporaryFolder folder;
  for (std::uint32_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE(fmt::format("seed {} (CAIRN_SEED sets the first, CAIRN_PROGRAMS how many)", seed));
    const test::FloatProgram program = test::random_float_program(seed, kSteps);
    std::ofstream(folder.path() / "program.S") << program.source;
    ASSERT_EQ(0, shell(folder.path(),
                       "riscv64-unknown-elf-gcc -march=rv32imafc_zicsr_zifencei_zba_zbb "
                       "-mabi=ilp32f -nostdlib -Wl,-Ttext=0x80000000 -o program.elf program.S && "
                       "riscv64-unknown-elf-objcopy -O binary program.elf program.bin"))
        << "the cross assembler is needed";
    const std::string expected = run_on_qemu(folder.path());
    // All steps, and as many traps as there are raw words and other deliberate ones.
    ASSERT_GT(program.steps.size(), kSteps);
    const std::size_t results = program.steps.size() * 18;
    ASSERT_EQ(expected.find('\n'), results);
    const std::size_t traps = (expected.find('\n', results + 1) - results) / 18;
    ASSERT_GT(traps, program.steps.size() / 50);
    ASSERT_LT(traps, program.steps.size() / 5);
    const std::string actual = run_on_hart(folder.path());
    ASSERT_TRUE(actual == expected) << first_difference(program, actual, expected);
  }
  fmt::print("seeds {}..{}, {} steps each\n", first, first + count - 1, kSteps);
}

}  // namespace
}  // namespace cairn
