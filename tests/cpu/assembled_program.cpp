#include "tests/cpu/assembled_program.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/cpu/test_machine.hpp"

namespace cairn::test {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void shell(const std::string& command) {
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error(fmt::format("this command failed: {}", command));
}

}  // namespace

AssembledProgram::AssembledProgram(const fs::path& source)
    : folder_(fs::temp_directory_path() / fmt::format("cairn_program_{}", getpid())) {
  fs::create_directories(folder_);
  const std::string elf = (folder_ / "program.elf").string();
  shell(
      fmt::format("riscv64-unknown-elf-gcc -march=rv32imac_zicsr_zifencei -mabi=ilp32 -nostdlib "
                  "-Wl,-Ttext={:#x} -o {} {} && riscv64-unknown-elf-objcopy -O binary {} {}",
                  kRamBase, elf, source.string(), elf, (folder_ / "program.bin").string()));
}

AssembledProgram::~AssembledProgram() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string AssembledProgram::text_on_qemu() const {
  const fs::path text = folder_ / "qemu.txt";
  // The bit-manipulation extensions are on by default; H is refused without supervisor mode.
  shell(
      fmt::format("timeout 15 qemu-system-riscv32 -M virt -bios none -nographic -cpu "
                  "rv32,f=false,d=false,s=false,h=false,u=true,pmp=true,zba=false,zbb=false,"
                  "zbc=false,zbs=false -kernel {} > {} < /dev/null",
                  (folder_ / "program.elf").string(), text.string()));
  return contents(text);
}

std::string AssembledProgram::text_on_hart(hart::Engine engine, std::uint64_t slice) const {
  hart::HartConfig config;
  config.engine = engine;
  TestMachine machine(config, 8u << 20);
  const std::string image = contents(folder_ / "program.bin");
  std::copy(image.begin(), image.end(), machine.ram.begin());
  while (machine.finished == 0 && machine.hart.instret() < 10'000'000)
    if (machine.run(slice) == hart::Stop::kHalted)
      throw std::runtime_error(machine.hart.halt().text());
  if (machine.finished == 0) throw std::runtime_error("the program does not end: " + machine.text);
  return machine.text;
}

}  // namespace cairn::test
