// Comparisons, classification and conversions of binary32 numbers.
#include <bit>
#include <cstdint>
#include <limits>

#include "models/cpu/hart_float_number.hpp"

namespace cairn::hart::binary32 {
namespace {

/// Orders numbers that are not NaN; both zeros are 0.
std::int64_t key_of(std::uint32_t a) {
  const std::int64_t value = magnitude(a);
  return is_negative(a) ? -value : value;
}

Result ordered(std::uint32_t a, std::uint32_t b, bool holds) {
  if (is_nan(a) || is_nan(b)) return {0, kInvalid};
  return {holds ? 1u : 0u};
}

/// Minimum or maximum: `first` tells whether a is it, if neither is a NaN.
Result selected(std::uint32_t a, std::uint32_t b, bool first) {
  const std::uint32_t flags = is_signaling(a) || is_signaling(b) ? kInvalid : 0;
  if (is_nan(a) && is_nan(b)) return {kCanonicalNan, flags};
  if (is_nan(a)) return {b, flags};
  return {is_nan(b) || first ? a : b, flags};
}

bool is_below(std::uint32_t a, std::uint32_t b) {
  return key_of(a) < key_of(b) || (key_of(a) == key_of(b) && is_negative(a));
}

template <typename Integer>
Result to_integer(std::uint32_t a, Rounding rounding) {
  constexpr std::int64_t kLow = std::numeric_limits<Integer>::min();
  constexpr std::int64_t kHigh = std::numeric_limits<Integer>::max();
  constexpr Result kTooLow{static_cast<std::uint32_t>(kLow), kInvalid};
  constexpr Result kTooHigh{static_cast<std::uint32_t>(kHigh), kInvalid};
  constexpr std::uint32_t kTwoTo32 = 0x4f80'0000;
  if (is_nan(a)) return kTooHigh;
  if (magnitude(a) >= kTwoTo32) return is_negative(a) ? kTooLow : kTooHigh;
  const Rounded rounded = round_to_unit(unpack(a), 0, rounding);
  const auto value = static_cast<std::int64_t>(rounded.value) * (is_negative(a) ? -1 : 1);
  if (value < kLow) return kTooLow;
  if (value > kHigh) return kTooHigh;
  return {static_cast<std::uint32_t>(value), rounded.inexact ? kInexact : 0};
}

}  // namespace

Result minimum(std::uint32_t a, std::uint32_t b) {
  return selected(a, b, is_below(a, b));
}

Result maximum(std::uint32_t a, std::uint32_t b) {
  return selected(a, b, is_below(b, a));
}

Result equal(std::uint32_t a, std::uint32_t b) {
  if (is_nan(a) || is_nan(b)) return {0, is_signaling(a) || is_signaling(b) ? kInvalid : 0};
  return {key_of(a) == key_of(b) ? 1u : 0u};
}

Result less(std::uint32_t a, std::uint32_t b) {
  return ordered(a, b, key_of(a) < key_of(b));
}

Result less_or_equal(std::uint32_t a, std::uint32_t b) {
  return ordered(a, b, key_of(a) <= key_of(b));
}

std::uint32_t classify(std::uint32_t a) {
  constexpr std::uint32_t kSmallestNormal = 0x0080'0000;
  if (is_nan(a)) return is_signaling(a) ? 1u << 8 : 1u << 9;
  const unsigned steps_from_zero = is_infinite(a)                    ? 3
                                   : magnitude(a) >= kSmallestNormal ? 2
                                   : is_zero(a)                      ? 0
                                                                     : 1;
  return 1u << (is_negative(a) ? 3 - steps_from_zero : 4 + steps_from_zero);
}

Result to_int32(std::uint32_t a, Rounding rounding) {
  return to_integer<std::int32_t>(a, rounding);
}

Result to_uint32(std::uint32_t a, Rounding rounding) {
  return to_integer<std::uint32_t>(a, rounding);
}

Result from_int32(std::uint32_t value, Rounding rounding) {
  const bool negative = (value >> 31) != 0;
  return round_and_pack({negative, 0, negative ? 0 - value : value}, rounding);
}

Result from_uint32(std::uint32_t value, Rounding rounding) {
  return round_and_pack({false, 0, value}, rounding);
}

}  // namespace cairn::hart::binary32
