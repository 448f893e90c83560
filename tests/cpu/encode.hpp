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
  return 0x37 | rd << 7 | (value & 0xffff'f000u);
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

inline constexpr std::uint32_t kNop = addi(0, 0, 0), kEcall = 0x73, kEbreak = 0x0010'0073;
inline constexpr std::uint32_t kMret = 0x3020'0073, kWfi = 0x1050'0073, kFenceI = 0x0000'100f;

}  // namespace cairn::test
