// What a hart needs from the world outside its direct memory.
#pragma once

#include <cstdint>

namespace cairn::hart {

/// The answer to an access that left direct memory.
struct BusAnswer {
  bool ok = false;          ///< false: an access fault
  std::uint64_t end = 0;    ///< the hart's cycle at which the access is over
  std::uint64_t value = 0;  ///< what was read, in the low bytes
};

/// The slow path. `cycle` is the hart's local time at the start of the access: synchronise to it
/// first. May change the hart's direct regions and invalidate code; must not call Hart::run or
/// Hart::reset.
class HartBus {
 public:
  virtual ~HartBus() = default;

  [[nodiscard]] virtual BusAnswer fetch(std::uint32_t addr, unsigned bytes,
                                        std::uint64_t cycle) = 0;
  [[nodiscard]] virtual BusAnswer load(std::uint32_t addr, unsigned bytes, std::uint64_t cycle) = 0;
  [[nodiscard]] virtual BusAnswer store(std::uint32_t addr, unsigned bytes, std::uint32_t value,
                                        std::uint64_t cycle) = 0;
  /// The 64-bit `time` CSR.
  [[nodiscard]] virtual BusAnswer time(std::uint64_t cycle) = 0;
  /// An EBREAK that is a semihosting call: a0 and a1; the value goes to a0. Not ok: nobody serves
  /// it, and it is a breakpoint exception.
  [[nodiscard]] virtual BusAnswer semihost(std::uint32_t /*operation*/, std::uint32_t /*parameter*/,
                                           std::uint64_t /*cycle*/) {
    return {};
  }
};

}  // namespace cairn::hart
