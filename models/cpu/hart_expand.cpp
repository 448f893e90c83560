// RV32C with F: each compressed instruction as the 32-bit instruction it stands for.
#include "models/cpu/hart_decode.hpp"

namespace cairn::hart {
namespace {

// Unprivileged ISA, chapter "C": the 32-bit formats.
constexpr std::uint32_t kOpImm = 0x13, kOpReg = 0x33, kLoad = 0x03, kStore = 0x23, kLui = 0x37;
constexpr std::uint32_t kLoadFp = 0x07, kStoreFp = 0x27;
constexpr std::uint32_t kBranch = 0x63, kJal = 0x6f, kJalr = 0x67, kEbreak = 0x0010'0073;
constexpr std::uint32_t kIllegal = 0;
constexpr std::uint32_t kRa = 1, kSp = 2;

constexpr std::uint32_t i_type(std::uint32_t opcode, std::uint32_t funct3, std::uint32_t rd,
                               std::uint32_t rs1, std::uint32_t imm) {
  return imm << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr std::uint32_t r_type(std::uint32_t funct7, std::uint32_t funct3, std::uint32_t rd,
                               std::uint32_t rs1, std::uint32_t rs2) {
  return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | kOpReg;
}
constexpr std::uint32_t store_word(std::uint32_t opcode, std::uint32_t rs1, std::uint32_t rs2,
                                   std::uint32_t imm) {
  return (imm >> 5) << 25 | rs2 << 20 | rs1 << 15 | 2u << 12 | (imm & 31) << 7 | opcode;
}
constexpr std::uint32_t jump(std::uint32_t rd, std::uint32_t imm) {
  return (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3ff) << 21 | (imm >> 11 & 1) << 20 |
         (imm >> 12 & 0xff) << 12 | rd << 7 | kJal;
}
constexpr std::uint32_t branch_zero(std::uint32_t funct3, std::uint32_t rs1, std::uint32_t imm) {
  return (imm >> 12 & 1) << 31 | (imm >> 5 & 0x3f) << 25 | rs1 << 15 | funct3 << 12 |
         (imm >> 1 & 15) << 8 | (imm >> 11 & 1) << 7 | kBranch;
}

/// A compressed instruction, with accessors in the notation of the manual.
struct Parcel {
  std::uint32_t bits;

  /// `width` bits from `lsb` up, moved to bit `to`.
  constexpr std::uint32_t at(unsigned lsb, unsigned width, unsigned to = 0) const {
    return (bits >> lsb & ((1u << width) - 1)) << to;
  }
  constexpr std::uint32_t rd() const { return at(7, 5); }
  constexpr std::uint32_t rs2() const { return at(2, 5); }
  constexpr std::uint32_t rd_short() const { return 8 + at(2, 3); }
  constexpr std::uint32_t rs1_short() const { return 8 + at(7, 3); }
  /// All bits from 12 up set where bit 12 of the parcel is, to sign-extend from bit `from`.
  constexpr std::uint32_t sign(unsigned from) const { return at(12, 1) ? ~0u << from : 0; }

  constexpr std::uint32_t imm6() const { return sign(5) | at(2, 5); }
  constexpr std::uint32_t imm_jump() const {
    return sign(11) | at(11, 1, 4) | at(9, 2, 8) | at(8, 1, 10) | at(7, 1, 6) | at(6, 1, 7) |
           at(3, 3, 1) | at(2, 1, 5);
  }
  constexpr std::uint32_t imm_branch() const {
    return sign(8) | at(10, 2, 3) | at(5, 2, 6) | at(3, 2, 1) | at(2, 1, 5);
  }
  constexpr std::uint32_t offset_word() const { return at(10, 3, 3) | at(6, 1, 2) | at(5, 1, 6); }
  constexpr std::uint32_t offset_stack_load() const {
    return at(12, 1, 5) | at(4, 3, 2) | at(2, 2, 6);
  }
  constexpr std::uint32_t offset_stack_store() const { return at(9, 4, 2) | at(7, 2, 6); }
};

std::uint32_t quadrant0(Parcel c) {
  switch (c.at(13, 3)) {
    case 0: {  // c.addi4spn
      const std::uint32_t imm = c.at(11, 2, 4) | c.at(7, 4, 6) | c.at(6, 1, 2) | c.at(5, 1, 3);
      return imm == 0 ? kIllegal : i_type(kOpImm, 0, c.rd_short(), kSp, imm);
    }
    case 2:
      return i_type(kLoad, 2, c.rd_short(), c.rs1_short(), c.offset_word());  // c.lw
    case 3:
      return i_type(kLoadFp, 2, c.rd_short(), c.rs1_short(), c.offset_word());  // c.flw
    case 6:
      return store_word(kStore, c.rs1_short(), c.rd_short(), c.offset_word());  // c.sw
    case 7:
      return store_word(kStoreFp, c.rs1_short(), c.rd_short(), c.offset_word());  // c.fsw
    default:
      return kIllegal;
  }
}

/// c.srli, c.srai, c.andi, c.sub, c.xor, c.or, c.and
std::uint32_t arithmetic(Parcel c) {
  constexpr std::uint32_t kFunct3[] = {0, 4, 6, 7};  // sub, xor, or, and
  const std::uint32_t rd = c.rs1_short();
  const bool bit12 = c.at(12, 1) != 0;
  switch (c.at(10, 2)) {
    case 0:
      return bit12 ? kIllegal : i_type(kOpImm, 5, rd, rd, c.rs2());
    case 1:
      return bit12 ? kIllegal : i_type(kOpImm, 5, rd, rd, 0x400 | c.rs2());
    case 2:
      return i_type(kOpImm, 7, rd, rd, c.imm6());
    default:
      break;
  }
  if (bit12) return kIllegal;
  const std::uint32_t which = c.at(5, 2);
  return r_type(which == 0 ? 0x20 : 0, kFunct3[which], rd, rd, c.rd_short());
}

/// c.lui, and c.addi16sp where rd is the stack pointer
std::uint32_t upper_immediate(Parcel c) {
  if (c.imm6() == 0) return kIllegal;
  if (c.rd() != kSp) return c.imm6() << 12 | c.rd() << 7 | kLui;
  const std::uint32_t imm =
      c.sign(9) | c.at(6, 1, 4) | c.at(5, 1, 6) | c.at(3, 2, 7) | c.at(2, 1, 5);
  return i_type(kOpImm, 0, kSp, kSp, imm);
}

std::uint32_t quadrant1(Parcel c) {
  switch (c.at(13, 3)) {
    case 0:
      return i_type(kOpImm, 0, c.rd(), c.rd(), c.imm6());  // c.addi, c.nop
    case 1:
      return jump(kRa, c.imm_jump());  // c.jal
    case 2:
      return i_type(kOpImm, 0, c.rd(), 0, c.imm6());  // c.li
    case 3:
      return upper_immediate(c);
    case 4:
      return arithmetic(c);
    case 5:
      return jump(0, c.imm_jump());  // c.j
    case 6:
      return branch_zero(0, c.rs1_short(), c.imm_branch());  // c.beqz
    default:
      return branch_zero(1, c.rs1_short(), c.imm_branch());  // c.bnez
  }
}

/// c.jr, c.mv, c.ebreak, c.jalr, c.add
std::uint32_t jump_or_move(Parcel c) {
  const bool bit12 = c.at(12, 1) != 0;
  if (c.rs2() != 0) return r_type(0, 0, c.rd(), bit12 ? c.rd() : 0, c.rs2());
  if (c.rd() == 0) return bit12 ? kEbreak : kIllegal;
  return i_type(kJalr, 0, bit12 ? kRa : 0, c.rd(), 0);
}

std::uint32_t quadrant2(Parcel c) {
  switch (c.at(13, 3)) {
    case 0:  // c.slli
      return c.at(12, 1) ? kIllegal : i_type(kOpImm, 1, c.rd(), c.rd(), c.rs2());
    case 2:  // c.lwsp
      return c.rd() == 0 ? kIllegal : i_type(kLoad, 2, c.rd(), kSp, c.offset_stack_load());
    case 3:
      return i_type(kLoadFp, 2, c.rd(), kSp, c.offset_stack_load());  // c.flwsp
    case 4:
      return jump_or_move(c);
    case 6:
      return store_word(kStore, kSp, c.rs2(), c.offset_stack_store());  // c.swsp
    case 7:
      return store_word(kStoreFp, kSp, c.rs2(), c.offset_stack_store());  // c.fswsp
    default:
      return kIllegal;
  }
}

}  // namespace

std::uint32_t expand_compressed(std::uint16_t parcel) {
  const Parcel c{parcel};
  switch (parcel & 3) {
    case 0:
      return quadrant0(c);
    case 1:
      return quadrant1(c);
    case 2:
      return quadrant2(c);
    default:
      return kIllegal;  // not a compressed instruction
  }
}

}  // namespace cairn::hart
