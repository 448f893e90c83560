// EBREAK as a semihosting call.
#include <algorithm>
#include <cstring>

#include "models/cpu/hart.hpp"

namespace cairn::hart {
namespace {

// RISC-V Semihosting 1.0, section 2: the uncompressed EBREAK stands between these two, which do
// nothing.
constexpr std::uint32_t kEntry = 0x01f01013;  // slli x0, x0, 0x1f
constexpr std::uint32_t kExit = 0x40705013;   // srai x0, x0, 7
constexpr unsigned kA0 = 10, kA1 = 11;

}  // namespace

/// Does and retires the call; false, and nothing done, if it is none or nobody serves it. The marks
/// are looked for in direct memory only.
bool Hart::semihost(const Instruction& in) {
  if (in.size != 4) return false;
  const auto is_at = [&](std::uint32_t addr, std::uint32_t mark) {
    const DirectRegion* region = regions_.find(addr, sizeof mark);
    return region != nullptr && region->readable &&
           std::memcmp(region->host + (addr - region->base), &mark, sizeof mark) == 0;
  };
  if (!is_at(pc_ - 4, kEntry) || !is_at(pc_ + 4, kExit)) return false;
  const BusAnswer answer = bus_.semihost(x_[kA0], x_[kA1], cycle_);
  if (!answer.ok) return false;
  (void)used(answer);
  retire(in, std::max(cycle_, answer.end));
  x_[kA0] = static_cast<std::uint32_t>(answer.value);
  return true;
}

}  // namespace cairn::hart
