// Decoded instructions, by page of code.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "models/cpu/hart_instruction.hpp"
#include "models/cpu/hart_regions.hpp"

namespace cairn::hart {

inline constexpr std::uint32_t kPageBytes = 4096;

constexpr std::uint32_t page_of(std::uint32_t addr) {
  return addr & ~(kPageBytes - 1);
}

/// One slot per halfword of a page; Op::kUndecoded where nothing was decoded yet.
struct CodePage {
  std::uint32_t base = 0;
  DirectRegion* region = nullptr;  ///< holds the whole page
  std::array<Instruction, kPageBytes / 2> slots{};

  Instruction& at(std::uint32_t pc) { return slots[(pc - base) / 2]; }
  const Instruction& at(std::uint32_t pc) const { return slots[(pc - base) / 2]; }
};

/// Pages are decoded on demand and forgotten by FENCE.I, by writers that say so, and whenever the
/// direct regions change.
class CodeCache {
 public:
  /// Null if nothing of this page is known.
  CodePage* find(std::uint32_t pc);
  CodePage& create(std::uint32_t pc, DirectRegion* region);

  /// Forgets all instructions that have a byte in addr..addr+bytes-1; false if none was known.
  bool invalidate(std::uint32_t addr, std::uint64_t bytes);
  /// True if memory still holds every instruction as it was decoded.
  bool is_current() const;
  void clear();

 private:
  static constexpr std::size_t kRecent = 64;
  CodePage*& recent(std::uint32_t pc) { return recent_[pc / kPageBytes % kRecent]; }

  std::unordered_map<std::uint32_t, std::unique_ptr<CodePage>> pages_;
  std::array<CodePage*, kRecent> recent_{};
};

}  // namespace cairn::hart
