#include "models/cpu/hart_instruction_cache.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace cairn::hart {
namespace {

constexpr std::uint32_t kEmpty = ~0u;  // no line: a line has at least four bytes

}  // namespace

InstructionCache::InstructionCache(const InstructionCacheConfig& config) : config_(config) {
  if (!enabled()) return;
  if (!std::has_single_bit(config.lines) || !std::has_single_bit(config.line_bytes) ||
      !std::has_single_bit(config.ways) || config.ways > config.lines || config.line_bytes < 4)
    throw std::invalid_argument(
        "instruction cache: lines, line_bytes (at least 4) and ways (at most lines) must be powers "
        "of two");
  sets_ = config.lines / config.ways;
  flush();
}

bool InstructionCache::access(std::uint32_t addr) {
  const std::uint32_t line = line_of(addr);
  const auto first = tags_.begin() + static_cast<std::ptrdiff_t>(line % sets_ * config_.ways);
  const auto last = first + config_.ways;
  const auto found = std::find(first, last, line);
  const bool hit = found != last;
  std::rotate(first, hit ? found : last - 1, hit ? found + 1 : last);
  *first = line;
  return hit;
}

void InstructionCache::flush() {
  tags_.assign(config_.lines, kEmpty);
}

}  // namespace cairn::hart
