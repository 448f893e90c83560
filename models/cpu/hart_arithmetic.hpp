// Register instructions, branches and atomics as formulas on 32-bit words.
#pragma once

#include <algorithm>
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

/// What a register instruction of the base or of M writes; `b` is the immediate where it has one.
[[gnu::always_inline]] constexpr std::uint32_t register_result(Op op, std::uint32_t a,
                                                               std::uint32_t b) {
  switch (op) {
    case Op::kAddi:
    case Op::kAdd:
      return a + b;
    case Op::kSub:
      return a - b;
    case Op::kSlti:
    case Op::kSlt:
      return as_signed(a) < as_signed(b);
    case Op::kSltiu:
    case Op::kSltu:
      return a < b;
    case Op::kXori:
    case Op::kXor:
      return a ^ b;
    case Op::kOri:
    case Op::kOr:
      return a | b;
    case Op::kAndi:
    case Op::kAnd:
      return a & b;
    case Op::kSlli:
    case Op::kSll:
      return a << (b & 31);
    case Op::kSrli:
    case Op::kSrl:
      return a >> (b & 31);
    case Op::kSrai:
    case Op::kSra:
      return static_cast<std::uint32_t>(as_signed(a) >> (b & 31));
    case Op::kMul:
      return a * b;
    case Op::kMulh:
      return high_signed(a, b);
    case Op::kMulhsu:
      return high_signed_unsigned(a, b);
    case Op::kMulhu:
      return high_unsigned(a, b);
    case Op::kDiv:
      return divide_signed(a, b);
    case Op::kDivu:
      return divide_unsigned(a, b);
    case Op::kRem:
      return remainder_signed(a, b);
    case Op::kRemu:
      return remainder_unsigned(a, b);
    default:
      return b;  // lui
  }
}
[[gnu::always_inline]] constexpr bool is_taken(Op branch, std::uint32_t a, std::uint32_t b) {
  switch (branch) {
    case Op::kBeq:
      return a == b;
    case Op::kBne:
      return a != b;
    case Op::kBlt:
      return as_signed(a) < as_signed(b);
    case Op::kBge:
      return as_signed(a) >= as_signed(b);
    case Op::kBltu:
      return a < b;
    default:
      return a >= b;
  }
}
constexpr bool has_immediate(Op op) {
  return op == Op::kLui || (op >= Op::kAddi && op <= Op::kSrai) || op == Op::kRori;
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
