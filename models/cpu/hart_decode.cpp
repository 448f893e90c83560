#include "models/cpu/hart_decode.hpp"

#include <array>

namespace cairn::hart {
namespace {

constexpr std::uint32_t field(std::uint32_t bits, unsigned lsb, unsigned width) {
  return (bits >> lsb) & ((1u << width) - 1);
}

/// The top bits of `bits`, from `lsb` up, as a signed number.
constexpr std::int32_t signed_from(std::uint32_t bits, unsigned lsb) {
  return static_cast<std::int32_t>(bits) >> lsb;
}

constexpr std::int32_t imm_i(std::uint32_t bits) {
  return signed_from(bits, 20);
}
constexpr std::int32_t imm_s(std::uint32_t bits) {
  return signed_from(bits, 25) * 32 + static_cast<std::int32_t>(field(bits, 7, 5));
}
constexpr std::int32_t imm_b(std::uint32_t bits) {
  return signed_from(bits, 31) * 4096 + static_cast<std::int32_t>(field(bits, 7, 1) << 11 |
                                                                  field(bits, 25, 6) << 5 |
                                                                  field(bits, 8, 4) << 1);
}
constexpr std::int32_t imm_u(std::uint32_t bits) {
  return static_cast<std::int32_t>(bits & 0xffff'f000u);
}
constexpr std::int32_t imm_j(std::uint32_t bits) {
  return signed_from(bits, 31) * (1 << 20) + static_cast<std::int32_t>(field(bits, 12, 8) << 12 |
                                                                       field(bits, 20, 1) << 11 |
                                                                       field(bits, 21, 10) << 1);
}

constexpr Op kNone = Op::kIllegal;
constexpr std::array kBranches{Op::kBeq, Op::kBne, kNone,     kNone,
                               Op::kBlt, Op::kBge, Op::kBltu, Op::kBgeu};
constexpr std::array kLoads{Op::kLb, Op::kLh, Op::kLw, kNone, Op::kLbu, Op::kLhu, kNone, kNone};
constexpr std::array kStores{Op::kSb, Op::kSh, Op::kSw, kNone, kNone, kNone, kNone, kNone};
constexpr std::array kRegisterImmediate{Op::kAddi, Op::kSlli, Op::kSlti, Op::kSltiu,
                                        Op::kXori, Op::kSrli, Op::kOri,  Op::kAndi};
constexpr std::array kRegisterRegister{Op::kAdd, Op::kSll, Op::kSlt, Op::kSltu,
                                       Op::kXor, Op::kSrl, Op::kOr,  Op::kAnd};
constexpr std::array kMultiply{Op::kMul, Op::kMulh, Op::kMulhsu, Op::kMulhu,
                               Op::kDiv, Op::kDivu, Op::kRem,    Op::kRemu};
constexpr std::array kCsr{kNone, Op::kCsrrw,  Op::kCsrrs,  Op::kCsrrc,
                          kNone, Op::kCsrrwi, Op::kCsrrsi, Op::kCsrrci};

Op register_immediate(std::uint32_t bits) {
  const std::uint32_t funct3 = field(bits, 12, 3);
  const std::uint32_t funct7 = field(bits, 25, 7);
  if (funct3 == 5 && funct7 == 0x20) return Op::kSrai;
  if ((funct3 == 1 || funct3 == 5) && funct7 != 0) return kNone;
  return kRegisterImmediate[funct3];
}

Op register_register(std::uint32_t bits) {
  const std::uint32_t funct3 = field(bits, 12, 3);
  switch (field(bits, 25, 7)) {
    case 0x00:
      return kRegisterRegister[funct3];
    case 0x01:
      return kMultiply[funct3];
    case 0x20:
      return funct3 == 0 ? Op::kSub : funct3 == 5 ? Op::kSra : kNone;
    default:
      return kNone;
  }
}

Op atomic(std::uint32_t bits) {
  if (field(bits, 12, 3) != 2) return kNone;
  switch (field(bits, 27, 5)) {
    case 0x00:
      return Op::kAmoAdd;
    case 0x01:
      return Op::kAmoSwap;
    case 0x02:
      return field(bits, 20, 5) == 0 ? Op::kLrW : kNone;
    case 0x03:
      return Op::kScW;
    case 0x04:
      return Op::kAmoXor;
    case 0x08:
      return Op::kAmoOr;
    case 0x0c:
      return Op::kAmoAnd;
    case 0x10:
      return Op::kAmoMin;
    case 0x14:
      return Op::kAmoMax;
    case 0x18:
      return Op::kAmoMinu;
    case 0x1c:
      return Op::kAmoMaxu;
    default:
      return kNone;
  }
}

Op system_call(std::uint32_t bits) {
  switch (bits) {
    case 0x0000'0073:
      return Op::kEcall;
    case 0x0010'0073:
      return Op::kEbreak;
    case 0x3020'0073:
      return Op::kMret;
    case 0x1050'0073:
      return Op::kWfi;
    default:
      return kCsr[field(bits, 12, 3)];
  }
}

Op fence(std::uint32_t bits) {
  const std::uint32_t funct3 = field(bits, 12, 3);
  return funct3 == 0 ? Op::kFence : funct3 == 1 ? Op::kFenceI : kNone;
}

Instruction decode_word(std::uint32_t bits, const Extensions& extensions) {
  const auto rd = static_cast<std::uint8_t>(field(bits, 7, 5));
  const std::uint8_t target = rd == 0 ? kDiscard : rd;
  const auto rs1 = static_cast<std::uint8_t>(field(bits, 15, 5));
  const auto rs2 = static_cast<std::uint8_t>(field(bits, 20, 5));
  const std::uint32_t funct3 = field(bits, 12, 3);
  const auto make = [&](Op op, std::uint8_t destination, std::int32_t imm) {
    return Instruction{.op = op, .rd = destination, .rs1 = rs1, .rs2 = rs2, .imm = imm};
  };
  switch (field(bits, 0, 7)) {
    case 0x37:
      return make(Op::kLui, target, imm_u(bits));
    case 0x17:
      return make(Op::kAuipc, target, imm_u(bits));
    case 0x6f:
      return make(Op::kJal, target, imm_j(bits));
    case 0x67:
      return make(funct3 == 0 ? Op::kJalr : kNone, target, imm_i(bits));
    case 0x63:
      return make(kBranches[funct3], kDiscard, imm_b(bits));
    case 0x03:
      return make(kLoads[funct3], target, imm_i(bits));
    case 0x23:
      return make(kStores[funct3], kDiscard, imm_s(bits));
    case 0x13: {
      const bool shift = funct3 == 1 || funct3 == 5;
      const Op op = register_immediate(bits);
      return make(op == kNone && extensions.has_bitmanip ? bitmanip_immediate(bits) : op, target,
                  shift ? rs2 : imm_i(bits));
    }
    case 0x33: {
      const Op op = register_register(bits);
      return make(op == kNone && extensions.has_bitmanip ? bitmanip_register(bits) : op, target, 0);
    }
    case 0x0f:
      return make(fence(bits), kDiscard, 0);
    case 0x73:
      return make(system_call(bits), target, static_cast<std::int32_t>(bits >> 20));
    case 0x2f:
      return make(atomic(bits), target, 0);
    case 0x07:
    case 0x27:
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f:
    case 0x53:
      if (extensions.has_float) return decode_float(bits);
      [[fallthrough]];
    default:
      return make(kNone, kDiscard, 0);
  }
}

}  // namespace

Instruction decode(std::uint32_t bits, const Extensions& extensions) {
  const bool compressed = is_compressed(bits);
  const auto parcel = static_cast<std::uint16_t>(bits);
  Instruction instruction = decode_word(compressed ? expand_compressed(parcel) : bits, extensions);
  instruction.bits = compressed ? parcel : bits;
  instruction.size = compressed ? 2 : 4;
  return instruction;
}

std::uint32_t cost_of(Op op, const CycleCosts& costs) {
  if (op >= Op::kBeq && op <= Op::kBgeu) return costs.branch_not_taken;
  if (op >= Op::kLb && op <= Op::kLhu) return costs.load;
  if (op >= Op::kSb && op <= Op::kSw) return costs.store;
  if (op == Op::kJal || op == Op::kJalr) return costs.jump;
  if (op >= Op::kMul && op <= Op::kMulhu) return costs.mul;
  if (op >= Op::kDiv && op <= Op::kRemu) return costs.div;
  if (op == Op::kFence || op == Op::kFenceI) return costs.fence;
  if (op >= Op::kEcall && op <= Op::kCsrrci) return costs.csr;
  if (is_atomic(op)) return costs.amo;
  if (op == Op::kFlw) return costs.load;
  if (op == Op::kFsw) return costs.store;
  if (op == Op::kFdivS || op == Op::kFsqrtS) return costs.fp_div;
  if (is_float(op)) return costs.fp;
  return costs.alu;
}

}  // namespace cairn::hart
