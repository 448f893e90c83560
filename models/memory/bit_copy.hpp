// Copies runs of bits between byte arrays.
#pragma once

#include <cstdint>

namespace cairn {

/// Copies `count` bits from bit `from_bit` of `from` to bit `to_bit` of `to`; bit b is bit b % 8 of
/// byte b / 8. Other bits of `to` keep their values. The runs must not overlap.
void copy_bits(std::uint8_t* to, std::uint64_t to_bit, const std::uint8_t* from,
               std::uint64_t from_bit, std::uint64_t count);

}  // namespace cairn
