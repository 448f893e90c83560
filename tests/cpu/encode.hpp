// RISC-V instruction formats, written down independently of the hart's decoder.
#pragma once

#include <cstdint>

namespace cairn::test {

constexpr std::uint32_t r_type(std::uint32_t opcode, std::uint32_t funct3, std::uint32_t funct7,
                               std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return opcode | rd << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | funct7 << 25;
}
constexpr std::uint32_t i_type(std::uint32_t opcode, std::uint32_t funct3, std::uint32_t rd,
                               std::uint32_t rs1, std::int32_t imm) {
  return opcode | rd << 7 | funct3 << 12 | rs1 << 15 | static_cast<std::uint32_t>(imm) << 20;
}
constexpr std::uint32_t s_type(std::uint32_t funct3, std::uint32_t rs1, std::uint32_t rs2,
                               std::int32_t imm) {
  const auto bits = static_cast<std::uint32_t>(imm);
  return 0x23 | (bits & 31) << 7 | funct3 << 12 | rs1 << 15 | rs2 << 20 | (bits >> 5 & 127) << 25;
}
constexpr std::uint32_t b_type(std::uint32_t funct3, std::uint32_t rs1, std::uint32_t rs2,
                               std::int32_t imm) {
  const auto bits = static_cast<std::uint32_t>(imm);
  return 0x63 | (bits >> 11 & 1) << 7 | (bits >> 1 & 15) << 8 | funct3 << 12 | rs1 << 15 |
         rs2 << 20 | (bits >> 5 & 63) << 25 | (bits >> 12 & 1) << 31;
}

constexpr std::uint32_t u_type(std::uint32_t opcode, std::uint32_t rd, std::uint32_t value) {
  return opcode | rd << 7 | (value & 0xffff'f000u);
}

constexpr std::uint32_t addi(std::uint32_t rd, std::uint32_t rs1, std::int32_t imm) {
  return i_type(0x13, 0, rd, rs1, imm);
}
constexpr std::uint32_t add(std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return r_type(0x33, 0, 0, rd, rs1, rs2);
}
constexpr std::uint32_t div(std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return r_type(0x33, 4, 1, rd, rs1, rs2);
}
constexpr std::uint32_t lui(std::uint32_t rd, std::uint32_t value) {
  return u_type(0x37, rd, value);
}
constexpr std::uint32_t auipc(std::uint32_t rd, std::uint32_t value) {
  return u_type(0x17, rd, value);
}
constexpr std::uint32_t lw(std::uint32_t rd, std::uint32_t rs1, std::int32_t imm) {
  return i_type(0x03, 2, rd, rs1, imm);
}
constexpr std::uint32_t sw(std::uint32_t rs1, std::uint32_t rs2, std::int32_t imm) {
  return s_type(2, rs1, rs2, imm);
}
constexpr std::uint32_t jal(std::uint32_t rd, std::int32_t imm) {
  const auto bits = static_cast<std::uint32_t>(imm);
  return 0x6f | rd << 7 | (bits >> 12 & 255) << 12 | (bits >> 11 & 1) << 20 |
         (bits >> 1 & 1023) << 21 | (bits >> 20 & 1) << 31;
}
constexpr std::uint32_t jalr(std::uint32_t rd, std::uint32_t rs1, std::int32_t imm) {
  return i_type(0x67, 0, rd, rs1, imm);
}
constexpr std::uint32_t csrrw(std::uint32_t rd, std::uint32_t csr, std::uint32_t rs1) {
  return i_type(0x73, 1, rd, rs1, static_cast<std::int32_t>(csr));
}
constexpr std::uint32_t csrrs(std::uint32_t rd, std::uint32_t csr, std::uint32_t rs1) {
  return i_type(0x73, 2, rd, rs1, static_cast<std::int32_t>(csr));
}
constexpr std::uint32_t csrrc(std::uint32_t rd, std::uint32_t csr, std::uint32_t rs1) {
  return i_type(0x73, 3, rd, rs1, static_cast<std::int32_t>(csr));
}
constexpr std::uint32_t csrrsi(std::uint32_t rd, std::uint32_t csr, std::uint32_t value) {
  return i_type(0x73, 6, rd, value, static_cast<std::int32_t>(csr));
}
constexpr std::uint32_t atomic(std::uint32_t funct5, std::uint32_t rd, std::uint32_t rs1,
                               std::uint32_t rs2) {
  return r_type(0x2f, 2, funct5 << 2, rd, rs1, rs2);
}

// Compressed formats (unprivileged ISA, chapter on C). A register of three bits is x8 + n.
constexpr std::uint32_t ci_type(std::uint32_t quadrant, std::uint32_t funct3, std::uint32_t rd,
                                std::int32_t imm) {
  const auto bits = static_cast<std::uint32_t>(imm);
  return quadrant | (bits & 31) << 2 | rd << 7 | (bits >> 5 & 1) << 12 | funct3 << 13;
}
constexpr std::uint32_t c_addi(std::uint32_t rd, std::int32_t imm) {
  return ci_type(1, 0, rd, imm);
}
/// The offset is a multiple of 2 in -2048..2046; funct3 is 5 for c.j, 1 for c.jal.
constexpr std::uint32_t cj_type(std::uint32_t funct3, std::int32_t offset) {
  const auto bits = static_cast<std::uint32_t>(offset);
  return 1 | (bits >> 5 & 1) << 2 | (bits >> 1 & 7) << 3 | (bits >> 7 & 1) << 6 |
         (bits >> 6 & 1) << 7 | (bits >> 10 & 1) << 8 | (bits >> 8 & 3) << 9 |
         (bits >> 4 & 1) << 11 | (bits >> 11 & 1) << 12 | funct3 << 13;
}
/// c.beqz (funct3 6) or c.bnez (7): a multiple of 2 in -256..254.
constexpr std::uint32_t cb_type(std::uint32_t funct3, std::uint32_t rs1_short,
                                std::int32_t offset) {
  const auto bits = static_cast<std::uint32_t>(offset);
  return 1 | (bits >> 5 & 1) << 2 | (bits >> 1 & 3) << 3 | (bits >> 6 & 3) << 5 | rs1_short << 7 |
         (bits >> 3 & 3) << 10 | (bits >> 8 & 1) << 12 | funct3 << 13;
}

inline constexpr std::uint32_t kNop = addi(0, 0, 0), kEcall = 0x73, kEbreak = 0x0010'0073;
inline constexpr std::uint32_t kMret = 0x3020'0073, kWfi = 0x1050'0073, kFenceI = 0x0000'100f;

}  // namespace cairn::test
