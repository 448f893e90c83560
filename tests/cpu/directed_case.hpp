// One row of tests/cpu/directed: instructions, and the state of the hart before and after them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace cairn::test {

/// Where a row runs, and the words it may use.
inline constexpr std::uint32_t kCaseCode = 0x8000'8000, kCaseData = 0x8000'4000;

using State = std::vector<std::pair<std::string, std::uint32_t>>;

struct DirectedCase {
  std::string place;     ///< "float.txt:12"
  std::string assembly;  ///< GNU syntax, with `;` between instructions
  State before, after;
  std::vector<std::uint8_t> code;  ///< as the GNU assembler encodes it

  std::vector<std::string> mnemonics() const;
};

/// All rows of all .txt files of a folder, assembled. Throws std::runtime_error naming the row.
std::vector<DirectedCase> read_directed_cases(const std::filesystem::path& folder);

}  // namespace cairn::test
