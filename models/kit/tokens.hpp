// Token counters through which an NPU and its DMA channel wait for each other.
#pragma once

#include <systemc>

#include <algorithm>
#include <array>
#include <cstdint>

namespace cairn::kit {

/// 16 counters that saturate at 65535. Waiting does not consume: an entry that waits(id, n) runs once
/// count(id) >= n, so both lists can be walked again and again after clear().
class Tokens {
 public:
  static constexpr unsigned kCount = 16;

  std::uint16_t count(unsigned id) const { return counts_.at(id); }
  bool reached(unsigned id, std::uint16_t n) const { return count(id) >= n; }

  void signal(unsigned id, std::uint16_t n) {
    counts_.at(id) = static_cast<std::uint16_t>(std::min(0xffffu, unsigned{counts_.at(id)} + n));
    changed.notify(sc_core::SC_ZERO_TIME);
  }
  void clear() {
    counts_.fill(0);
    changed.notify(sc_core::SC_ZERO_TIME);
  }

  sc_core::sc_event changed{"changed"};  ///< after every signal and clear

 private:
  std::array<std::uint16_t, kCount> counts_{};
};

}  // namespace cairn::kit
