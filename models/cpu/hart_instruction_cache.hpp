// The timing of an instruction cache: tags only, least recently used line replaced.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cpu/hart_config.hpp"

namespace cairn::hart {

class InstructionCache {
 public:
  /// Throws std::invalid_argument if a size is not a power of two or the ways exceed the lines.
  explicit InstructionCache(const InstructionCacheConfig& config);

  bool enabled() const { return config_.lines != 0; }
  std::uint32_t line_bytes() const { return config_.line_bytes; }

  /// True on a hit; a miss fills the line.
  bool access(std::uint32_t addr);
  void flush();

  /// The tag of the line that holds `addr`.
  std::uint32_t line_of(std::uint32_t addr) const { return addr / config_.line_bytes; }
  /// The tag used last of the set of `addr`: if it is line_of(addr), an access hits and changes
  /// nothing. Stays where it is.
  const std::uint32_t* newest_tag(std::uint32_t addr) const {
    return &tags_[line_of(addr) % sets_ * config_.ways];
  }

 private:
  InstructionCacheConfig config_;
  std::uint32_t sets_ = 0;
  std::vector<std::uint32_t> tags_;  ///< `ways` per set, most recent first; kEmpty: no line
};

}  // namespace cairn::hart
