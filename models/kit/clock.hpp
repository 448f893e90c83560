// Exact conversion between cycles and time.
#pragma once

#include <systemc>

#include <cstdint>

namespace cairn::kit {

/// A clock of `hz`. n cycles take floor(n * 1e12 / hz) ps, never n times a rounded period.
class Clock {
 public:
  explicit Clock(std::uint64_t hz) : hz_(hz) {}

  std::uint64_t hz() const { return hz_; }

  sc_core::sc_time time_of(std::uint64_t cycles) const {
    __extension__ using Wide = unsigned __int128;
    return sc_core::sc_time::from_value(static_cast<std::uint64_t>(Wide{cycles} * kPsPerSecond / hz_));
  }

  /// The first cycle whose time is not before `time` (both counted from the same origin).
  std::uint64_t cycles_at(sc_core::sc_time time) const {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{time.value()} * hz_;
    auto cycles = static_cast<std::uint64_t>(product / kPsPerSecond);
    while (time_of(cycles) < time)
      ++cycles;
    return cycles;
  }

 private:
  static constexpr std::uint64_t kPsPerSecond = 1'000'000'000'000;  // sc_time's default resolution: 1 ps

  std::uint64_t hz_;
};

}  // namespace cairn::kit
