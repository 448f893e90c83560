// All 49152 compressed encodings, judged by the GNU disassembler.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

#include "models/cpu/hart_decode.hpp"

namespace cairn {
namespace {

namespace fs = std::filesystem;

/// Address to disassembly, one space between words, without comments.
std::map<unsigned, std::string> disassemble(const fs::path& image) {
  const fs::path listing = image.string() + ".txt";
  const std::string command =
      fmt::format("riscv64-unknown-elf-objdump -b binary -m riscv:rv32 -z -D {} > {}",
                  image.string(), listing.string());
  EXPECT_EQ(0, std::system(command.c_str())) << "riscv64-unknown-elf-objdump is needed";
  std::map<unsigned, std::string> texts;
  std::ifstream in(listing);
  for (std::string line; std::getline(in, line);) {
    unsigned addr = 0;
    int end = 0;
    if (std::sscanf(line.c_str(), " %x: %*x %n", &addr, &end) != 1 || end == 0) continue;
    std::string text;
    std::istringstream words(line.substr(static_cast<std::size_t>(end)));
    for (std::string word; words >> word && word[0] != '#' && word[0] != '<';)
      text += (text.empty() ? "" : " ") + word;
    texts[addr] = text;
  }
  return texts;
}

/// What we refuse: reserved, double precision, and shifts by more than 31.
bool is_illegal(const std::string& text) {
  std::smatch shift;
  static const std::regex by("(?:c\\.)?s(?:ll|rl|ra)i? .*,0x([0-9a-f]+)");
  if (std::regex_match(text, shift, by) && std::stoul(shift[1], nullptr, 16) > 31) return true;
  static const std::regex refused("unimp|\\.2byte.*|f(?:ld|sd) .*");
  return std::regex_match(text, refused);
}

/// One spelling for the moves that the compressed and the 32-bit listing write differently.
std::string spelled_alike(const std::string& text) {
  static const std::regex move_zero("add (\\w+),\\w+,0"), move("add (\\w+),zero,(\\w+)");
  std::string same = std::regex_replace(text, move_zero, "mv $1,$1");
  return std::regex_replace(same, move, "mv $1,$2");
}

TEST(HartCompressedTest, EveryEncodingExpandsToWhatTheDisassemblerReads) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("cairn_compressed_{}", getpid());
  fs::create_directories(folder);
  {
    std::ofstream parcels(folder / "parcels", std::ios::binary);
    std::ofstream words(folder / "words", std::ios::binary);
    for (unsigned parcel = 0; parcel < 0x10000; ++parcel) {
      if (!hart::is_compressed(parcel)) continue;
      const std::uint32_t with_nop = parcel | 0x0001'0000;  // both lists keep the same addresses
      const std::uint32_t word = hart::expand_compressed(static_cast<std::uint16_t>(parcel));
      parcels.write(reinterpret_cast<const char*>(&with_nop), 4);
      words.write(reinterpret_cast<const char*>(&word), 4);
    }
  }
  const auto parcels = disassemble(folder / "parcels");
  const auto words = disassemble(folder / "words");
  fs::remove_all(folder);

  unsigned compared = 0;
  unsigned addr = 0;
  for (unsigned parcel = 0; parcel < 0x10000; ++parcel) {
    if (!hart::is_compressed(parcel)) continue;
    const std::string& expected = parcels.at(addr);
    const bool legal = hart::expand_compressed(static_cast<std::uint16_t>(parcel)) != 0;
    const bool moves_stack_by_zero = parcel == 0x6101;  // reserved, but listed as an addition
    EXPECT_EQ(legal, !is_illegal(expected) && !moves_stack_by_zero)
        << fmt::format("{:#06x} {}", parcel, expected);
    const bool hint = expected.starts_with("c.");  // spelled by its name, does nothing
    if (legal && !hint) {
      const std::string& actual = words.at(addr);
      EXPECT_TRUE(actual == expected || spelled_alike(actual) == spelled_alike(expected))
          << fmt::format("{:#06x}: {}, not {}", parcel, actual, expected);
      ++compared;
    }
    addr += 4;
  }
  EXPECT_GT(compared, 25'000u);
}

}  // namespace
}  // namespace cairn
