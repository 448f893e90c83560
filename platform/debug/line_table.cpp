#include "platform/debug/line_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace cairn::platform {

namespace {

std::string shown(const char* name) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path file = fs::path(name).lexically_normal();
  const fs::path nearer = file.lexically_relative(fs::current_path(error));
  const bool is_below = !error && !nearer.empty() && *nearer.begin() != "..";
  return (is_below ? nearer : file).string();
}

}  // namespace

std::string describe(const std::optional<SourceLine>& line) {
  return line ? fmt::format("{}:{}", line->file, line->line) : std::string();
}

LineTable::LineTable(Dwarf* dwarf) {
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, nullptr) == 0)
    add_unit(die);
  // Where one sequence ends and another begins, the beginning counts.
  std::ranges::stable_sort(rows_, [](const Row& a, const Row& b) {
    return a.address != b.address ? a.address < b.address : (a.line == 0) > (b.line == 0);
  });
}

void LineTable::add_unit(Dwarf_Die& unit) {
  Dwarf_Lines* lines = nullptr;
  std::size_t count = 0;
  if (dwarf_getsrclines(&unit, &lines, &count) != 0) return;
  const char* last_name = nullptr;
  std::uint32_t file = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Dwarf_Line* const row = dwarf_onesrcline(lines, i);
    Dwarf_Addr address = 0;
    int line = 0;
    bool is_end = false;
    const char* const name = dwarf_linesrc(row, nullptr, nullptr);
    if (dwarf_lineaddr(row, &address) != 0 || dwarf_lineno(row, &line) != 0 ||
        dwarf_lineendsequence(row, &is_end) != 0 || name == nullptr)
      continue;
    if (name != last_name) file = file_number(name);
    last_name = name;
    rows_.push_back({static_cast<std::uint32_t>(address), file, is_end ? 0 : line});
  }
}

std::uint32_t LineTable::file_number(const char* name) {
  const std::string file = shown(name);
  const auto found = std::ranges::find(files_, file);
  if (found != files_.end()) return static_cast<std::uint32_t>(found - files_.begin());
  files_.push_back(file);
  return static_cast<std::uint32_t>(files_.size() - 1);
}

std::optional<SourceLine> LineTable::at(std::uint32_t address) const {
  const auto after = std::ranges::upper_bound(rows_, address, {}, &Row::address);
  if (after == rows_.begin() || std::prev(after)->line == 0) return std::nullopt;
  return SourceLine{files_[std::prev(after)->file], std::prev(after)->line};
}

}  // namespace cairn::platform
