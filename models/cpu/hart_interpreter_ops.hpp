// Lists of what the block interpreter executes, for hart_interpreter.cpp alone: each X(op) is a
// line of a table or a handler.
#pragma once

// clang-format off
#define CAIRN_BRANCH_OPS(X) X(kBeq) X(kBne) X(kBlt) X(kBge) X(kBltu) X(kBgeu)
/// And the type that each moves.
#define CAIRN_LOAD_OPS(X) \
  X(kLb, std::int8_t) X(kLh, std::int16_t) X(kLw, std::uint32_t) X(kLbu, std::uint8_t) X(kLhu, std::uint16_t)
#define CAIRN_STORE_OPS(X) X(kSb, std::uint8_t) X(kSh, std::uint16_t) X(kSw, std::uint32_t)
/// Those of register_result(); lui apart.
#define CAIRN_REGISTER_OPS(X) \
  X(kAddi) X(kSlti) X(kSltiu) X(kXori) X(kOri) X(kAndi) X(kSlli) X(kSrli) X(kSrai) \
  X(kAdd) X(kSub) X(kSll) X(kSlt) X(kSltu) X(kXor) X(kSrl) X(kSra) X(kOr) X(kAnd) \
  X(kMul) X(kMulh) X(kMulhsu) X(kMulhu) X(kDiv) X(kDivu) X(kRem) X(kRemu)
#define CAIRN_BITMANIP_OPS(X) \
  X(kSh1add) X(kSh2add) X(kSh3add) X(kAndn) X(kOrn) X(kXnor) X(kMin) X(kMax) X(kMinu) X(kMaxu) \
  X(kRol) X(kRor) X(kRori) X(kClz) X(kCtz) X(kCpop) X(kSextB) X(kSextH) X(kZextH) X(kOrcB) X(kRev8)

/// All of them; the order is that of Op.
#define CAIRN_FAST_OPS(X) \
  X(kLui) X(kAuipc) X(kJal) X(kJalr) CAIRN_BRANCH_OPS(X) CAIRN_LOAD_OPS(X) CAIRN_STORE_OPS(X) \
  CAIRN_REGISTER_OPS(X) CAIRN_BITMANIP_OPS(X) X(kFence)

/// In the order of kPairOps.
#define CAIRN_PAIRS(X) \
  CAIRN_PAIRS_OF(X, kAddi) CAIRN_PAIRS_OF(X, kSlli) CAIRN_PAIRS_OF(X, kSrli) \
  CAIRN_PAIRS_OF(X, kAndi) CAIRN_PAIRS_OF(X, kAdd) CAIRN_PAIRS_OF(X, kXor) CAIRN_PAIRS_OF(X, kLui)
#define CAIRN_PAIRS_OF(X, first) \
  X(first, kAddi) X(first, kSlli) X(first, kSrli) X(first, kAndi) X(first, kAdd) X(first, kXor) X(first, kOr)
// clang-format on
