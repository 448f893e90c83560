#include "models/cpu/hart_float.hpp"

#include <utility>

#include "models/cpu/hart_float_number.hpp"

namespace cairn::hart::binary32 {
namespace {

constexpr std::uint32_t kOne = 0x3f80'0000;
constexpr int kSignificandBits = 24;
constexpr int kWideBits = 62;  // leaves room for the carry of a sum

constexpr Result kInvalidOperation{kCanonicalNan, kInvalid};

/// At least one operand is a NaN.
Result nan_from(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0) {
  const bool signaling = is_signaling(a) || is_signaling(b) || is_signaling(c);
  return {kCanonicalNan, signaling ? kInvalid : 0};
}

/// A sum that is exactly zero is negative if both operands are, or they differ and it rounds down.
Number sum(Number a, Number b, Rounding rounding) {
  const Number zero{rounding == Rounding::kDown, 0, 0};
  if (a.significand == 0 && b.significand == 0) return a.negative == b.negative ? a : zero;
  if (a.significand == 0) return b;
  if (b.significand == 0) return a;
  a = normalised(a, kWideBits);
  b = normalised(b, kWideBits);
  if (a.exponent < b.exponent) std::swap(a, b);
  // 14 bits of a product are zero: what a longer shift loses is far below the leading bits.
  b.significand = shift_right_jam(b.significand, a.exponent - b.exponent);
  if (a.negative == b.negative) return {a.negative, a.exponent, a.significand + b.significand};
  if (a.significand == b.significand) return zero;
  if (a.significand < b.significand) return {b.negative, a.exponent, b.significand - a.significand};
  return {a.negative, a.exponent, a.significand - b.significand};
}

/// 62 bits in, 31 bits out.
std::uint64_t integer_root(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 30; bit != 0; bit >>= 1)
    if ((root | bit) * (root | bit) <= value) root |= bit;
  return root;
}

}  // namespace

Result multiply_add(std::uint32_t a, std::uint32_t b, std::uint32_t c, Rounding rounding) {
  if ((is_infinite(a) && is_zero(b)) || (is_zero(a) && is_infinite(b))) return kInvalidOperation;
  if (is_nan(a) || is_nan(b) || is_nan(c)) return nan_from(a, b, c);
  const std::uint32_t sign = (a ^ b) & kSignBit;
  if (is_infinite(a) || is_infinite(b)) {
    if (is_infinite(c) && (c & kSignBit) != sign) return kInvalidOperation;
    return {sign | kInfinity};
  }
  if (is_infinite(c)) return {c};
  const Number x = unpack(a);
  const Number y = unpack(b);
  const Number product{sign != 0, x.exponent + y.exponent, x.significand * y.significand};
  return round_and_pack(sum(product, unpack(c), rounding), rounding);
}

Result add(std::uint32_t a, std::uint32_t b, Rounding rounding) {
  return multiply_add(a, kOne, b, rounding);
}

Result subtract(std::uint32_t a, std::uint32_t b, Rounding rounding) {
  return add(a, b ^ kSignBit, rounding);
}

Result multiply(std::uint32_t a, std::uint32_t b, Rounding rounding) {
  return multiply_add(a, b, (a ^ b) & kSignBit, rounding);  // a zero of the product's sign
}

Result divide(std::uint32_t a, std::uint32_t b, Rounding rounding) {
  if (is_nan(a) || is_nan(b)) return nan_from(a, b);
  if ((is_infinite(a) && is_infinite(b)) || (is_zero(a) && is_zero(b))) return kInvalidOperation;
  const std::uint32_t sign = (a ^ b) & kSignBit;
  if (is_infinite(a)) return {sign | kInfinity};
  if (is_infinite(b) || is_zero(a)) return {sign};
  if (is_zero(b)) return {sign | kInfinity, kDivideByZero};
  const Number x = normalised(unpack(a), kWideBits);
  const Number y = normalised(unpack(b), kSignificandBits);
  const std::uint64_t quotient = x.significand / y.significand;
  const bool rest = quotient * y.significand != x.significand;
  return round_and_pack({sign != 0, x.exponent - y.exponent, quotient | (rest ? 1 : 0)}, rounding);
}

Result square_root(std::uint32_t a, Rounding rounding) {
  if (is_nan(a)) return nan_from(a, a);
  if (is_zero(a)) return {a};
  if (is_negative(a)) return kInvalidOperation;
  if (is_infinite(a)) return {a};
  Number x = normalised(unpack(a), kWideBits);
  if (x.exponent % 2 != 0) x = {false, x.exponent + 1, x.significand >> 1};
  const std::uint64_t root = integer_root(x.significand);
  const bool rest = root * root != x.significand;
  return round_and_pack({false, x.exponent / 2, root | (rest ? 1 : 0)}, rounding);
}

}  // namespace cairn::hart::binary32
