// One decoded instruction.
#pragma once

#include <cstdint>

namespace cairn::hart {

// clang-format off
enum class Op : std::uint8_t {
  kUndecoded,
  kDebugBreak,  // a breakpoint of the debugger, in place of the instruction
  kIllegal,
  kLui, kAuipc, kJal, kJalr,
  kBeq, kBne, kBlt, kBge, kBltu, kBgeu,
  kLb, kLh, kLw, kLbu, kLhu, kSb, kSh, kSw,
  kAddi, kSlti, kSltiu, kXori, kOri, kAndi, kSlli, kSrli, kSrai,
  kAdd, kSub, kSll, kSlt, kSltu, kXor, kSrl, kSra, kOr, kAnd,
  kMul, kMulh, kMulhsu, kMulhu, kDiv, kDivu, kRem, kRemu,
  // Zba, Zbb
  kSh1add, kSh2add, kSh3add, kAndn, kOrn, kXnor, kMin, kMax, kMinu, kMaxu, kRol, kRor, kRori,
  kClz, kCtz, kCpop, kSextB, kSextH, kZextH, kOrcB, kRev8,
  kFence, kFenceI, kEcall, kEbreak, kMret, kWfi,
  kCsrrw, kCsrrs, kCsrrc, kCsrrwi, kCsrrsi, kCsrrci,
  kLrW, kScW, kAmoSwap, kAmoAdd, kAmoXor, kAmoAnd, kAmoOr, kAmoMin, kAmoMax, kAmoMinu, kAmoMaxu,
  // F
  kFlw, kFsw, kFsgnjS, kFsgnjnS, kFsgnjxS, kFminS, kFmaxS, kFmvWX,
  kFmaddS, kFmsubS, kFnmsubS, kFnmaddS, kFaddS, kFsubS, kFmulS, kFdivS, kFsqrtS,
  kFcvtSW, kFcvtSWu, kFcvtWS, kFcvtWuS, kFmvXW, kFclassS, kFeqS, kFltS, kFleS,
};
// clang-format on

/// The last one, to count and to walk through them.
inline constexpr Op kLastOp = Op::kFleS;

constexpr bool is_atomic(Op op) {
  return op >= Op::kLrW && op <= Op::kAmoMaxu;
}
constexpr bool is_float(Op op) {
  return op >= Op::kFlw && op <= Op::kFleS;
}
/// Of F: the result goes to an integer register.
constexpr bool writes_integer(Op op) {
  return op >= Op::kFcvtWS && op <= Op::kFleS;
}
constexpr bool is_bitmanip(Op op) {
  return op >= Op::kSh1add && op <= Op::kRev8;
}

/// Writes to x0 go to this slot of the register array instead, so that no handler tests for it.
inline constexpr std::uint8_t kDiscard = 32;

/// In F, rd, rs1 and rs2 may name floating-point registers: those have no kDiscard.
struct Instruction {
  Op op = Op::kUndecoded;
  std::uint8_t rd = kDiscard;  ///< kDiscard where it writes no register
  std::uint8_t rs1 = 0;        ///< for csrrwi, csrrsi and csrrci: the five-bit operand
  std::uint8_t rs2 = 0;
  std::int32_t imm = 0;      ///< sign-extended; upper immediates in place; the number for a CSR
  std::uint32_t bits = 0;    ///< as fetched: 16 significant bits where compressed
  std::uint16_t cycles = 0;  ///< class and fetch, with a branch as not taken
  std::uint8_t size = 4;     ///< bytes: 2 or 4
  std::uint8_t heat = 0;     ///< how often a block could have started here; see Hart
};

/// Bytes that a load, store or atomic moves.
constexpr unsigned width_of(Op op) {
  switch (op) {
    case Op::kLb:
    case Op::kLbu:
    case Op::kSb:
      return 1;
    case Op::kLh:
    case Op::kLhu:
    case Op::kSh:
      return 2;
    default:
      return 4;
  }
}

}  // namespace cairn::hart
