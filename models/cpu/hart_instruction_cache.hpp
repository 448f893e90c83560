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

 private:
  InstructionCacheConfig config_;
  std::uint32_t sets_ = 0;
  std::vector<std::uint64_t> tags_;  ///< `ways` per set, most recent first; kEmpty: no line
};

}  // namespace cairn::hart
