// Addresses to source lines.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cairn::platform {

struct SourceLine {
  std::string file;  ///< as the compiler was given it; below the current directory: relative to it
  int line = 0;
};

/// "firmware/apps/hello.c:14", empty if unknown.
std::string describe(const std::optional<SourceLine>& line);

/// The line programs of all compilation units; those that are damaged are left out. The table does
/// without .debug_aranges, which assemblers and linkers leave incomplete.
class LineTable {
 public:
  LineTable() = default;
  explicit LineTable(Dwarf* dwarf);

  std::optional<SourceLine> at(std::uint32_t address) const;

 private:
  struct Row {
    std::uint32_t address = 0;
    std::uint32_t file = 0;  ///< index
    int line = 0;            ///< 0: no code of a known line from here on
  };

  void add_unit(Dwarf_Die& unit);
  std::uint32_t file_number(const char* name);

  std::vector<Row> rows_;  ///< by rising address
  std::vector<std::string> files_;
};

}  // namespace cairn::platform
