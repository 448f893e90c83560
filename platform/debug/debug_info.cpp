#include "platform/debug/debug_info.hpp"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "platform/debug/frame_rules.hpp"

namespace cairn::platform {

struct DebugInfo::Sections {
  int descriptor = -1;
  Elf* elf = nullptr;
  Dwarf* dwarf = nullptr;
  Dwarf_CFI* debug_frame = nullptr;  ///< belongs to `dwarf`
  Dwarf_CFI* eh_frame = nullptr;

  explicit Sections(const std::filesystem::path& path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    elf_version(EV_CURRENT);
    elf = elf_begin(descriptor, ELF_C_READ_MMAP, nullptr);
    dwarf = elf == nullptr ? nullptr : dwarf_begin_elf(elf, DWARF_C_READ, nullptr);
    if (dwarf != nullptr) debug_frame = dwarf_getcfi(dwarf);
    if (elf != nullptr) eh_frame = dwarf_getcfi_elf(elf);
  }
  ~Sections() {
    if (eh_frame != nullptr) dwarf_cfi_end(eh_frame);
    if (dwarf != nullptr) dwarf_end(dwarf);
    if (elf != nullptr) elf_end(elf);
    if (descriptor >= 0) ::close(descriptor);
  }
  Sections(const Sections&) = delete;
  Sections& operator=(const Sections&) = delete;
};

DebugInfo::DebugInfo(const std::filesystem::path& elf)
    : sections_(std::make_unique<Sections>(elf)) {
  if (sections_->dwarf != nullptr) lines_ = LineTable(sections_->dwarf);
}

DebugInfo::~DebugInfo() = default;

std::optional<Registers> DebugInfo::caller_of(const Registers& callee, std::uint32_t at,
                                              const WordReader& word_at) const {
  for (Dwarf_CFI* const table : {sections_->debug_frame, sections_->eh_frame}) {
    Dwarf_Frame* frame = nullptr;
    if (table == nullptr || dwarf_cfi_addrframe(table, at, &frame) != 0) continue;
    const std::unique_ptr<Dwarf_Frame, decltype(&std::free)> owner(frame, &std::free);
    if (auto caller = apply_frame_rules(*frame, callee, word_at)) return caller;
  }
  return std::nullopt;
}

}  // namespace cairn::platform
