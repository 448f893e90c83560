// A range of features in a ring, cut where the ring ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace cairn::numbers {

/// A range of a ring in pieces: features before the end, perhaps one across it, features after it.
struct RingRange {
  std::uint64_t bit;        ///< of the first feature
  std::size_t before;       ///< features wholly before the end
  int across;               ///< bits before the end of the feature across it; 0: none lies across
  std::uint64_t after_bit;  ///< where the features after the end begin

  RingRange(std::uint64_t ring_bytes, std::uint64_t ring_bits, std::uint64_t bit_offset, int bits,
            std::size_t count) {
    const std::uint64_t size = std::uint64_t{count} * bits;
    if (ring_bits == 0 || ring_bits > ring_bytes * 8 || size > ring_bits)
      throw std::length_error("features do not fit in their ring");
    bit = bit_offset % ring_bits;
    const std::uint64_t room = ring_bits - bit;
    before = static_cast<std::size_t>(std::min<std::uint64_t>(count, room / bits));
    across = before < count ? static_cast<int>(room % bits) : 0;
    after_bit = across == 0 ? 0 : bits - across;
  }
  std::size_t after() const { return before + (across == 0 ? 0 : 1); }
};

}  // namespace cairn::numbers
