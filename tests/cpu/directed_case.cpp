#include "tests/cpu/directed_case.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace cairn::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesPerCase = 64;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);)
    parts.push_back(trimmed(part));
  return parts;
}

std::uint32_t integer(const std::string& text) {
  std::size_t used = 0;
  const long long value = std::stoll(text, &used, 0);
  if (used != text.size()) throw std::runtime_error(text);
  return static_cast<std::uint32_t>(value);
}

/// A number, an address or the name of a special floating-point number: see directed/README.md.
std::uint32_t value_of(const std::string& text) {
  const bool negative = text.starts_with('-');
  const std::string name = negative ? text.substr(1) : text;
  const std::uint32_t sign = negative ? 0x8000'0000u : 0;
  if (name == "inf") return sign | 0x7f80'0000;
  if (name == "nan") return sign | 0x7fc0'0000;
  if (name == "snan") return sign | 0x7f80'0001;
  if (text.starts_with('@')) return kCaseCode + integer(text.substr(1));
  if (text.starts_with('&')) return kCaseData + integer(text.substr(1));
  if (text.find('.') != std::string::npos) return std::bit_cast<std::uint32_t>(std::stof(text));
  return integer(text);
}

State state_of(const std::string& text) {
  State state;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) throw std::runtime_error("no '=' in " + word);
    state.emplace_back(word.substr(0, equals), value_of(word.substr(equals + 1)));
  }
  return state;
}

DirectedCase case_of(const std::string& place, const std::string& line) {
  std::vector<std::string> columns = split(line, '|');
  columns.resize(3);
  try {
    return {place, columns[0], state_of(columns[1]), state_of(columns[2]), {}};
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("{}: {}", place, error.what()));
  }
}

/// Only what is written compressed becomes compressed.
std::string source_of(const std::vector<DirectedCase>& cases) {
  std::string source = ".option norelax\n";
  for (const DirectedCase& c : cases) {
    source += fmt::format(".balign {}\n", kBytesPerCase);
    for (const std::string& instruction : split(c.assembly, ';'))
      source += fmt::format(".option {}\n{}\n", instruction.starts_with("c.") ? "rvc" : "norvc",
                            instruction);
  }
  return source + fmt::format(".balign {}\n", kBytesPerCase);
}

void assemble(std::vector<DirectedCase>& cases) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("cairn_directed_{}", getpid());
  fs::create_directories(folder);
  std::ofstream(folder / "cases.S") << source_of(cases);
  const std::string command = fmt::format(
      "cd {} && riscv64-unknown-elf-as -march=rv32imafc_zicsr_zifencei_zba_zbb -o cases.o cases.S "
      "&& riscv64-unknown-elf-objcopy -O binary cases.o cases.bin",
      folder.string());
  const int status = std::system(command.c_str());
  std::ifstream in(folder / "cases.bin", std::ios::binary);
  const std::vector<char> image{std::istreambuf_iterator<char>(in),
                                std::istreambuf_iterator<char>()};
  fs::remove_all(folder);
  if (status != 0 || image.size() != cases.size() * kBytesPerCase)
    throw std::runtime_error("riscv64-unknown-elf-as does not assemble the directed cases");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto first = image.begin() + static_cast<std::ptrdiff_t>(i * kBytesPerCase);
    cases[i].code.assign(first, first + kBytesPerCase);
  }
}

}  // namespace

std::vector<std::string> DirectedCase::mnemonics() const {
  std::vector<std::string> names;
  for (const std::string& instruction : split(assembly, ';'))
    names.push_back(instruction.substr(0, instruction.find(' ')));
  return names;
}

std::vector<DirectedCase> read_directed_cases(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<DirectedCase> cases;
  for (const fs::path& file : files) {
    std::ifstream in(file);
    unsigned number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (line.empty() || line.starts_with('#')) continue;
      cases.push_back(case_of(fmt::format("{}:{}", file.filename().string(), number), line));
    }
  }
  assemble(cases);
  return cases;
}

}  // namespace cairn::test
