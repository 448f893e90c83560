// Counts the SRAM words that a stream of bit ranges touches.
#pragma once

#include <cstdint>

namespace cairn {

/// Consecutive ranges that share a 64-bit word touch it once: the stream remembers the last word,
/// as the register between an SRAM and its user does. One stream per operand and direction.
class SramStream {
 public:
  static constexpr std::uint64_t kWordBits = 64;

  /// Words touched by bits [bit_begin, bit_end), without the first if it is the remembered one.
  std::uint64_t words(std::uint64_t bit_begin, std::uint64_t bit_end) {
    if (bit_begin >= bit_end) return 0;
    const std::uint64_t first = bit_begin / kWordBits;
    const std::uint64_t last = (bit_end - 1) / kWordBits;
    const std::uint64_t touched = last - first + (first == last_word_ ? 0 : 1);
    last_word_ = last;
    return touched;
  }

  /// Forgets the word, as when the register is overwritten by something else.
  void restart() { last_word_ = kNone; }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  std::uint64_t last_word_ = kNone;
};

}  // namespace cairn
