#include "models/memory/bit_copy.hpp"

#include <algorithm>
#include <cstring>

namespace cairn {

namespace {

// Up to 8 bits from any bit offset; reads no byte that holds none of them.
unsigned load(const std::uint8_t* from, std::uint64_t bit, unsigned count) {
  const unsigned shift = bit % 8;
  unsigned value = unsigned{from[bit / 8]} >> shift;
  if (shift + count > 8) value |= unsigned{from[bit / 8 + 1]} << (8 - shift);
  return value & ((1u << count) - 1);
}

}  // namespace

void copy_bits(std::uint8_t* to, std::uint64_t to_bit, const std::uint8_t* from,
               std::uint64_t from_bit, std::uint64_t count) {
  while (count > 0) {
    if (to_bit % 8 == 0 && from_bit % 8 == 0 && count >= 8) {
      std::memcpy(to + to_bit / 8, from + from_bit / 8, count / 8);
      const std::uint64_t whole = count / 8 * 8;
      to_bit += whole;
      from_bit += whole;
      count -= whole;
      continue;
    }
    const unsigned shift = to_bit % 8;
    const auto n = static_cast<unsigned>(std::min<std::uint64_t>(8 - shift, count));
    const unsigned mask = ((1u << n) - 1) << shift;
    std::uint8_t& byte = to[to_bit / 8];
    byte = static_cast<std::uint8_t>((byte & ~mask) | (load(from, from_bit, n) << shift));
    to_bit += n;
    from_bit += n;
    count -= n;
  }
}

}  // namespace cairn
