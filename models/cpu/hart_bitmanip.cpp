#include "models/cpu/hart_bitmanip.hpp"

#include <algorithm>
#include <bit>

#include "models/cpu/hart_arithmetic.hpp"

namespace cairn::hart {
namespace {

/// Every byte that is not zero becomes 0xff.
std::uint32_t or_combine_bytes(std::uint32_t a) {
  std::uint32_t result = 0;
  for (std::uint32_t byte = 0xff; byte != 0; byte <<= 8)
    if ((a & byte) != 0) result |= byte;
  return result;
}
std::uint32_t reverse_bytes(std::uint32_t a) {
  return a >> 24 | (a >> 8 & 0xff00) | (a << 8 & 0xff'0000) | a << 24;
}

}  // namespace

std::uint32_t bitmanip_result(Op op, std::uint32_t a, std::uint32_t b) {
  const auto word = [](int value) { return static_cast<std::uint32_t>(value); };
  switch (op) {
    case Op::kSh1add:
      return (a << 1) + b;
    case Op::kSh2add:
      return (a << 2) + b;
    case Op::kSh3add:
      return (a << 3) + b;
    case Op::kAndn:
      return a & ~b;
    case Op::kOrn:
      return a | ~b;
    case Op::kXnor:
      return ~(a ^ b);
    case Op::kMin:
      return as_signed(a) < as_signed(b) ? a : b;
    case Op::kMax:
      return as_signed(a) > as_signed(b) ? a : b;
    case Op::kMinu:
      return std::min(a, b);
    case Op::kMaxu:
      return std::max(a, b);
    case Op::kRol:
      return std::rotl(a, as_signed(b & 31));
    case Op::kRor:
    case Op::kRori:
      return std::rotr(a, as_signed(b & 31));
    case Op::kClz:
      return word(std::countl_zero(a));
    case Op::kCtz:
      return word(std::countr_zero(a));
    case Op::kCpop:
      return word(std::popcount(a));
    case Op::kSextB:
      return word(static_cast<std::int8_t>(a));
    case Op::kSextH:
      return word(static_cast<std::int16_t>(a));
    case Op::kZextH:
      return a & 0xffff;
    case Op::kOrcB:
      return or_combine_bytes(a);
    case Op::kRev8:
      return reverse_bytes(a);
    default:
      return 0;
  }
}

}  // namespace cairn::hart
