// A binary32 number taken apart, and the one place where results are rounded.
#pragma once

#include <cstdint>

#include "models/cpu/hart_float.hpp"

namespace cairn::hart::binary32 {

inline constexpr std::uint32_t kInfinity = 0x7f80'0000, kQuietBit = 0x0040'0000;

constexpr bool is_negative(std::uint32_t a) {
  return (a & kSignBit) != 0;
}
constexpr std::uint32_t magnitude(std::uint32_t a) {
  return a & ~kSignBit;
}
constexpr bool is_nan(std::uint32_t a) {
  return magnitude(a) > kInfinity;
}
constexpr bool is_signaling(std::uint32_t a) {
  return is_nan(a) && (a & kQuietBit) == 0;
}
constexpr bool is_infinite(std::uint32_t a) {
  return magnitude(a) == kInfinity;
}
constexpr bool is_zero(std::uint32_t a) {
  return magnitude(a) == 0;
}

/// significand * 2^exponent. Exact, unless the lowest bit of the significand stands for anything
/// non-zero below it; then at least two more bits lie between it and the rounded result.
struct Number {
  bool negative = false;
  int exponent = 0;
  std::uint64_t significand = 0;  ///< below 2^63
};

/// `a` is finite.
Number unpack(std::uint32_t a);

/// The same number with `width` significant bits; it has at most that many and is not zero.
Number normalised(Number n, int width);

/// value / 2^shift, where the lowest bit also stands for everything shifted out. A negative shift
/// multiplies.
std::uint64_t shift_right_jam(std::uint64_t value, int shift);

struct Rounded {
  std::uint64_t value = 0;
  bool inexact = false;
};
/// n's magnitude in units of 2^unit.
Rounded round_to_unit(const Number& n, int unit, Rounding rounding);

/// The binary32 number with its inexact, underflow and overflow flags.
Result round_and_pack(const Number& n, Rounding rounding);

}  // namespace cairn::hart::binary32
