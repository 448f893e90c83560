// What a program's DWARF sections say about its code.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "platform/debug/line_table.hpp"

namespace cairn::platform {

/// pc and x1..x31 of one activation; x[0] stays 0.
struct Registers {
  std::uint32_t pc = 0;
  std::array<std::uint32_t, 32> x{};
};

/// The word at an address; empty where there is no memory.
using WordReader = std::function<std::optional<std::uint32_t>(std::uint32_t)>;

/// Source lines and call frame information (.debug_line, .debug_frame, .eh_frame). A program
/// without them, or with damaged ones, is no error: then nothing is known.
class DebugInfo {
 public:
  explicit DebugInfo(const std::filesystem::path& elf);
  ~DebugInfo();
  DebugInfo(const DebugInfo&) = delete;
  DebugInfo& operator=(const DebugInfo&) = delete;

  std::optional<SourceLine> line_at(std::uint32_t address) const { return lines_.at(address); }

  /// The caller's registers: its pc is the return address, its sp as after the return; registers
  /// that a callee may change are as the callee left them. `at` chooses the frame description: the
  /// pc itself, or for a frame that has called another, an address inside the call. Empty if no
  /// description covers `at`, or it needs memory that is not there; pc 0 where nobody called the
  /// function.
  std::optional<Registers> caller_of(const Registers& callee, std::uint32_t at,
                                     const WordReader& word_at) const;

 private:
  struct Sections;
  std::unique_ptr<Sections> sections_;
  LineTable lines_;
};

}  // namespace cairn::platform
