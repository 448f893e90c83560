#include "tests/cpu/program_batch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>

#include "tests/cpu/random_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace cairn::test {
namespace {

namespace fs = std::filesystem;

// Offsets in a slot: see random_supervisor.S.
constexpr std::uint32_t kData = 0x4000, kLog = 0x6000, kFrame = 0x7100;
constexpr std::uint32_t kRegisters = kFrame + 0x300, kCsrs = kFrame + 0x380;
constexpr std::uint32_t kPreciseInterrupts = kFrame - 12, kTraps = kFrame - 8;
constexpr std::uint32_t kControl = 0xff0;

std::size_t slot_offset(std::size_t program) {
  return kSlotBytes * (program + 1);
}

void put_word(Memory& ram, std::size_t offset, std::uint32_t word) {
  std::memcpy(&ram[offset], &word, sizeof word);
}

std::uint32_t word_at(std::span<const std::uint8_t> ram, std::size_t offset) {
  std::uint32_t word = 0;
  std::memcpy(&word, &ram[offset], sizeof word);
  return word;
}

std::vector<std::uint8_t> contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string place_name(std::uint32_t offset, std::uint32_t base) {
  static constexpr std::array kNames{"mscratch", "mepc", "mcause", "mtval",
                                     "mtvec",    "mie",  "mip",    "mstatus"};
  static constexpr std::array kEntry{"mcause", "mtval", "mepc", "mstatus"};
  if (offset < kData) return fmt::format("code at {:#010x}", base + offset);
  if (offset < kLog) return fmt::format("data at {:#010x}", base + offset);
  if (offset < kLog + 0x1000)
    return fmt::format("trap {} {}", (offset - kLog) / 16, kEntry[offset / 4 % 4]);
  if (offset == kTraps) return "number of traps";
  if (offset >= kRegisters && offset < kCsrs) return fmt::format("x{}", (offset - kRegisters) / 4);
  if (offset >= kCsrs && offset < kCsrs + 32) return kNames[(offset - kCsrs) / 4];
  return fmt::format("memory at {:#010x}", base + offset);
}

}  // namespace

const std::vector<std::uint8_t>& supervisor() {
  static const std::vector<std::uint8_t> code = [] {
    const TemporaryFolder folder;
    const std::string tool = "riscv64-unknown-elf-";
    const std::string command = fmt::format(
        "{0}gcc -march=rv32imac_zicsr_zifencei -mabi=ilp32 -nostdlib -Wl,-Ttext={1:#x} -o "
        "{2}/supervisor.elf {3} && {0}objcopy -O binary {2}/supervisor.elf {2}/supervisor.bin",
        tool, kBatchRamBase, folder.path().string(),
        (fs::path(__FILE__).parent_path() / "random_supervisor.S").string());
    if (std::system(command.c_str()) != 0)
      throw std::runtime_error("random_supervisor.S: the cross assembler failed or is missing");
    return contents(folder.path() / "supervisor.bin");
  }();
  return code;
}

Memory batch_image(std::span<const Candidate> programs) {
  if (programs.size() > kBatchPrograms) throw std::length_error("too many programs for one image");
  Memory ram(kBatchRamBytes);
  std::ranges::copy(supervisor(), ram.begin());
  put_word(ram, kControl, static_cast<std::uint32_t>(programs.size()));
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const std::size_t slot = slot_offset(i);
    const std::vector<std::uint16_t> code = assemble(programs[i].program);
    if (2 * code.size() > kData) throw std::length_error("a program is too long for its slot");
    std::memcpy(&ram[slot], code.data(), 2 * code.size());
    std::mt19937 random(programs[i].seed);
    for (std::size_t at = slot + kData; at < slot + kLog; at += 4)
      put_word(ram, at, static_cast<std::uint32_t>(random()));
    for (std::uint32_t reg = 1; reg < 32; ++reg)
      put_word(ram, slot + kRegisters + 4 * reg, random_operand(programs[i].seed, reg));
    put_word(ram, slot + kRegisters + 4 * 8,
             static_cast<std::uint32_t>(kBatchRamBase + slot + (kData + kLog) / 2));
    put_word(ram, slot + kPreciseInterrupts, 1);
  }
  return ram;
}

std::optional<std::size_t> first_difference(std::span<const std::uint8_t> ours,
                                            std::span<const std::uint8_t> theirs,
                                            std::size_t programs) {
  for (std::size_t i = 0; i < programs; ++i)
    if (!std::ranges::equal(ours.subspan(slot_offset(i), kSlotBytes),
                            theirs.subspan(slot_offset(i), kSlotBytes)))
      return i;
  return std::nullopt;
}

std::string describe_difference(std::span<const std::uint8_t> ours,
                                std::span<const std::uint8_t> theirs, std::size_t program) {
  const std::size_t slot = slot_offset(program);
  const auto base = static_cast<std::uint32_t>(kBatchRamBase + slot);
  std::string out;
  unsigned lines = 0;
  for (std::uint32_t offset = 0; offset < kSlotBytes && lines < 12; offset += 4) {
    const std::uint32_t our_word = word_at(ours, slot + offset);
    const std::uint32_t their_word = word_at(theirs, slot + offset);
    if (our_word == their_word) continue;
    out += fmt::format("  {}: {:#010x}, on QEMU {:#010x}\n", place_name(offset, base), our_word,
                       their_word);
    ++lines;
  }
  return out;
}

std::string disassemble(const Program& program) {
  const TemporaryFolder folder;
  const std::vector<std::uint16_t> code = assemble(program);
  std::ofstream(folder.path() / "program.bin", std::ios::binary)
      .write(reinterpret_cast<const char*>(code.data()),
             static_cast<std::streamsize>(2 * code.size()));
  const std::string command = fmt::format(
      "cd {} && riscv64-unknown-elf-objdump -D -b binary -m riscv:rv32 -M no-aliases program.bin "
      "| grep '^ ' > program.txt",
      folder.path().string());
  if (std::system(command.c_str()) == 0) {
    const std::vector<std::uint8_t> text = contents(folder.path() / "program.txt");
    return {text.begin(), text.end()};
  }
  std::string out;
  for (const std::uint16_t parcel : code)
    out += fmt::format("{:04x}\n", parcel);
  return out;
}

}  // namespace cairn::test
