#include "platform/debug/debug_info.hpp"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "platform/debug/frame_rules.hpp"

namespace cairn::platform {

struct DebugInfo::Dwarf {
  int descriptor = -1;
  ::Elf* elf = nullptr;
  ::Dwarf* dwarf = nullptr;
  Dwarf_CFI* debug_frame = nullptr;  ///< belongs to `dwarf`
  Dwarf_CFI* eh_frame = nullptr;

  explicit Dwarf(const std::filesystem::path& path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    elf_version(EV_CURRENT);
    elf = elf_begin(descriptor, ELF_C_READ_MMAP, nullptr);
    dwarf = elf == nullptr ? nullptr : dwarf_begin_elf(elf, DWARF_C_READ, nullptr);
    if (dwarf != nullptr) debug_frame = dwarf_getcfi(dwarf);
    if (elf != nullptr) eh_frame = dwarf_getcfi_elf(elf);
  }
  ~Dwarf() {
    if (eh_frame != nullptr) dwarf_cfi_end(eh_frame);
    if (dwarf != nullptr) dwarf_end(dwarf);
    if (elf != nullptr) elf_end(elf);
    if (descriptor >= 0) ::close(descriptor);
  }
  Dwarf(const Dwarf&) = delete;
  Dwarf& operator=(const Dwarf&) = delete;
};

DebugInfo::DebugInfo(const std::filesystem::path& elf) : dwarf_(std::make_unique<Dwarf>(elf)) {}

DebugInfo::~DebugInfo() = default;

std::optional<SourceLine> DebugInfo::line_at(std::uint32_t address) const {
  if (dwarf_->dwarf == nullptr) return std::nullopt;
  Dwarf_Die unit;
  if (dwarf_addrdie(dwarf_->dwarf, address, &unit) == nullptr) return std::nullopt;
  Dwarf_Line* const row = dwarf_getsrc_die(&unit, address);
  int line = 0;
  if (row == nullptr || dwarf_lineno(row, &line) != 0 || line == 0) return std::nullopt;
  const char* const name = dwarf_linesrc(row, nullptr, nullptr);
  if (name == nullptr) return std::nullopt;
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path file = fs::path(name).lexically_normal();
  const fs::path nearer = file.lexically_relative(fs::current_path(error));
  const bool is_below = !error && !nearer.empty() && *nearer.begin() != "..";
  return SourceLine{(is_below ? nearer : file).string(), line};
}

std::optional<Registers> DebugInfo::caller_of(const Registers& callee, std::uint32_t at,
                                              const WordReader& word_at) const {
  for (Dwarf_CFI* const table : {dwarf_->debug_frame, dwarf_->eh_frame}) {
    Dwarf_Frame* frame = nullptr;
    if (table == nullptr || dwarf_cfi_addrframe(table, at, &frame) != 0) continue;
    const std::unique_ptr<Dwarf_Frame, decltype(&std::free)> owner(frame, &std::free);
    if (auto caller = apply_frame_rules(*frame, callee, word_at)) return caller;
  }
  return std::nullopt;
}

std::string describe(const std::optional<SourceLine>& line) {
  return line ? fmt::format("{}:{}", line->file, line->line) : std::string();
}

}  // namespace cairn::platform
