#include "models/cpu/hart_float_number.hpp"

#include <algorithm>
#include <bit>

namespace cairn::hart::binary32 {
namespace {

constexpr int kFractionBits = 23;
constexpr int kSmallestUnit = -149;       // of a subnormal number's significand
constexpr int kSmallestNormalTop = -126;  // the leading bit of the smallest normal number
constexpr std::uint32_t kLargestFinite = kInfinity - 1;

int top_bit(const Number& n) {
  return n.exponent + static_cast<int>(std::bit_width(n.significand)) - 1;
}

/// Whether to add one unit; `quarters` is the magnitude in quarters of it.
bool rounds_up(std::uint64_t quarters, bool negative, Rounding rounding) {
  const std::uint64_t rest = quarters & 3;
  const bool odd = (quarters & 4) != 0;
  switch (rounding) {
    case Rounding::kNearestEven:
      return rest == 3 || (rest == 2 && odd);
    case Rounding::kNearestAway:
      return rest >= 2;
    case Rounding::kDown:
      return rest != 0 && negative;
    case Rounding::kUp:
      return rest != 0 && !negative;
    case Rounding::kTowardZero:
      break;
  }
  return false;
}

/// Below the normal numbers even if rounded to 24 bits with an unbounded exponent.
bool is_tiny(const Number& n, Rounding rounding) {
  const int top = top_bit(n);
  if (top >= kSmallestNormalTop) return false;
  const Rounded rounded = round_to_unit(n, top - kFractionBits, rounding);
  const bool carries = (rounded.value >> (kFractionBits + 1)) != 0;
  return !(carries && top + 1 == kSmallestNormalTop);
}

Result overflow(bool negative, Rounding rounding) {
  const bool to_infinity =
      rounding == Rounding::kNearestEven || rounding == Rounding::kNearestAway ||
      (rounding == Rounding::kUp && !negative) || (rounding == Rounding::kDown && negative);
  return {(negative ? kSignBit : 0) | (to_infinity ? kInfinity : kLargestFinite),
          kOverflow | kInexact};
}

}  // namespace

Number unpack(std::uint32_t a) {
  const std::uint32_t fraction = a & ((1u << kFractionBits) - 1);
  const auto biased = static_cast<int>(magnitude(a) >> kFractionBits);
  if (biased == 0) return {is_negative(a), kSmallestUnit, fraction};
  return {is_negative(a), kSmallestUnit + biased - 1, fraction | 1u << kFractionBits};
}

Number normalised(Number n, int width) {
  const int shift = width - static_cast<int>(std::bit_width(n.significand));
  return {n.negative, n.exponent - shift, n.significand << shift};
}

std::uint64_t shift_right_jam(std::uint64_t value, int shift) {
  if (shift <= 0) return value << -shift;
  if (shift > 63) return value != 0 ? 1 : 0;
  const std::uint64_t shifted = value >> shift;
  return shifted << shift == value ? shifted : shifted | 1;
}

Rounded round_to_unit(const Number& n, int unit, Rounding rounding) {
  const std::uint64_t quarters = shift_right_jam(n.significand, unit - 2 - n.exponent);
  const std::uint64_t up = rounds_up(quarters, n.negative, rounding) ? 1 : 0;
  return {(quarters >> 2) + up, (quarters & 3) != 0};
}

Result round_and_pack(const Number& n, Rounding rounding) {
  const std::uint32_t sign = n.negative ? kSignBit : 0;
  if (n.significand == 0) return {sign};
  const int unit = std::max(top_bit(n) - kFractionBits, kSmallestUnit);
  const Rounded rounded = round_to_unit(n, unit, rounding);
  // A normal significand's leading bit, or a carry out of it, adds one to the exponent field.
  const auto field = static_cast<std::uint64_t>(unit - kSmallestUnit);
  const std::uint64_t packed = (field << kFractionBits) + rounded.value;
  if (packed >= kInfinity) return overflow(n.negative, rounding);
  std::uint32_t flags = 0;
  if (rounded.inexact) flags = is_tiny(n, rounding) ? kInexact | kUnderflow : kInexact;
  return {sign | static_cast<std::uint32_t>(packed), flags};
}

}  // namespace cairn::hart::binary32
