// The M extension, the atomics, Zba and Zbb as formulas on 32-bit words.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "models/cpu/hart_instruction.hpp"

namespace cairn::hart {

constexpr std::int32_t as_signed(std::uint32_t value) {
  return static_cast<std::int32_t>(value);
}

constexpr std::uint32_t high_signed(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>((std::int64_t{as_signed(a)} * as_signed(b)) >> 32);
}
constexpr std::uint32_t high_signed_unsigned(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>((std::int64_t{as_signed(a)} * std::int64_t{b}) >> 32);
}
constexpr std::uint32_t high_unsigned(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>((std::uint64_t{a} * b) >> 32);
}

/// The one quotient that does not fit: -2^31 / -1.
constexpr bool overflows(std::uint32_t a, std::uint32_t b) {
  return a == 0x8000'0000u && b == 0xffff'ffffu;
}
constexpr std::uint32_t divide_signed(std::uint32_t a, std::uint32_t b) {
  if (b == 0) return 0xffff'ffffu;
  return overflows(a, b) ? a : static_cast<std::uint32_t>(as_signed(a) / as_signed(b));
}
constexpr std::uint32_t divide_unsigned(std::uint32_t a, std::uint32_t b) {
  return b == 0 ? 0xffff'ffffu : a / b;
}
constexpr std::uint32_t remainder_signed(std::uint32_t a, std::uint32_t b) {
  if (b == 0) return a;
  return overflows(a, b) ? 0 : static_cast<std::uint32_t>(as_signed(a) % as_signed(b));
}
constexpr std::uint32_t remainder_unsigned(std::uint32_t a, std::uint32_t b) {
  return b == 0 ? a : a % b;
}

/// Every byte that is not zero becomes 0xff.
constexpr std::uint32_t or_combine_bytes(std::uint32_t a) {
  std::uint32_t result = 0;
  for (std::uint32_t byte = 0xff; byte != 0; byte <<= 8)
    if ((a & byte) != 0) result |= byte;
  return result;
}
constexpr std::uint32_t reverse_bytes(std::uint32_t a) {
  return a >> 24 | (a >> 8 & 0xff00) | (a << 8 & 0xff'0000) | a << 24;
}

/// Zba and Zbb; `b` is the register operand or the amount of rori.
constexpr std::uint32_t bitmanip_result(Op op, std::uint32_t a, std::uint32_t b) {
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

/// What an AMO writes, from the word in memory and the register operand.
constexpr std::uint32_t atomic_result(Op op, std::uint32_t memory, std::uint32_t operand) {
  switch (op) {
    case Op::kAmoAdd:
      return memory + operand;
    case Op::kAmoXor:
      return memory ^ operand;
    case Op::kAmoAnd:
      return memory & operand;
    case Op::kAmoOr:
      return memory | operand;
    case Op::kAmoMin:
      return as_signed(memory) < as_signed(operand) ? memory : operand;
    case Op::kAmoMax:
      return as_signed(memory) > as_signed(operand) ? memory : operand;
    case Op::kAmoMinu:
      return std::min(memory, operand);
    case Op::kAmoMaxu:
      return std::max(memory, operand);
    default:
      return operand;  // swap
  }
}

}  // namespace cairn::hart
