#include "tests/cpu/random_instruction.hpp"

#include <algorithm>

namespace cairn::test {
namespace {

constexpr std::uint32_t kOp = 0x33, kOpImm = 0x13, kLoad = 0x03;

/// Bits of a word-aligned compressed offset: 5:3 and 2 and 6 of c.lw and c.sw.
std::uint32_t short_offset(std::uint32_t bytes) {
  return (bytes >> 3 & 7) << 10 | (bytes >> 2 & 1) << 6 | (bytes >> 6 & 1) << 5;
}

}  // namespace

std::uint32_t RandomInstruction::target() {
  for (;;)
    if (const std::uint32_t reg = below(32); !is_reserved(reg)) return reg;
}

std::uint32_t RandomInstruction::scratch(std::initializer_list<std::uint32_t> except) {
  for (;;) {
    const std::uint32_t reg = 1 + below(31);
    if (!is_reserved(reg) && std::find(except.begin(), except.end(), reg) == except.end())
      return reg;
  }
}

std::uint32_t RandomInstruction::short_target() {
  for (;;)
    if (const std::uint32_t reg = below(8); !is_reserved(8 + reg)) return reg;
}

std::uint32_t RandomInstruction::arithmetic() {
  const std::uint32_t rd = target();
  const std::uint32_t rs1 = one_in(2) ? rd : source();
  switch (below(8)) {
    case 0:
      return u_type(pick({0x37u, 0x17u}), rd, word());
    case 1:
    case 2: {  // shifts
      const bool arithmetic = one_in(2);
      const std::uint32_t funct3 = arithmetic ? 5 : pick({1u, 5u});
      return r_type(kOpImm, funct3, arithmetic ? 0x20 : 0, rd, rs1, below(32));
    }
    case 3:
      return i_type(kOpImm, pick({0u, 2u, 3u, 4u, 6u, 7u}), rd, rs1,
                    one_in(2) ? signed_bits(6) : signed_bits(12));
    case 4:
    case 5:
      return r_type(kOp, below(8), 1, rd, rs1, source());
    default: {
      const std::uint32_t funct3 = below(8);
      const bool other = (funct3 == 0 || funct3 == 5) && one_in(2);
      return r_type(kOp, funct3, other ? 0x20 : 0, rd, rs1, source());
    }
  }
}

std::uint32_t RandomInstruction::compressed() {
  const std::uint32_t rd = target();
  const std::uint32_t bits = word();
  switch (below(10)) {
    case 0:  // c.addi4spn
      return std::max<std::uint32_t>(bits & 0x1fe0, 0x20) | short_target() << 2;
    case 1:  // c.addi, c.nop
      return (bits & 0x107c) | 0x0001 | rd << 7;
    case 2:  // c.li
      return (bits & 0x107c) | 0x4001 | rd << 7;
    case 3:  // c.lui
      return (bits & 0x107c) | 0x6005 | rd << 7;
    case 4:  // c.srli, c.srai, c.andi
      return (bits & pick({0x007cu, 0x047cu})) | 0x8001 | short_target() << 7;
    case 5:
      return (bits & 0x107c) | 0x8801 | short_target() << 7;
    case 6:  // c.sub, c.xor, c.or, c.and
      return (bits & 0x007c) | 0x8c01 | short_target() << 7;
    case 7:  // c.slli
      return (bits & 0x007c) | 0x0002 | rd << 7;
    default:  // c.mv, c.add
      return (bits & 0x1000) | 0x8002 | rd << 7 | (1 + below(31)) << 2;
  }
}

std::uint32_t RandomInstruction::load() {
  switch (below(6)) {
    case 0:  // c.lw from x8
      return 0x4000 | short_offset(4 * below(32)) | short_target() << 2;
    case 1: {  // c.lwsp
      const std::uint32_t rd = scratch();
      const std::uint32_t at = 4 * below(64);
      return 0x4002 | rd << 7 | (at >> 5 & 1) << 12 | (at >> 2 & 7) << 4 | (at >> 6 & 3) << 2;
    }
    default:
      return i_type(kLoad, pick({0u, 1u, 2u, 4u, 5u, 2u}), target(), 8,
                    one_in(3) ? static_cast<std::int32_t>(4 * below(32)) : signed_bits(12));
  }
}

std::uint32_t RandomInstruction::store() {
  switch (below(6)) {
    case 0:  // c.sw to x8
      return 0xc000 | short_offset(4 * below(32)) | below(8) << 2;
    case 1: {  // c.swsp
      const std::uint32_t at = 4 * below(64);
      return 0xc002 | source() << 2 | (at >> 2 & 15) << 9 | (at >> 6 & 3) << 7;
    }
    default:
      return s_type(pick({0u, 1u, 2u, 2u}), 8, source(),
                    one_in(3) ? static_cast<std::int32_t>(4 * below(32)) : signed_bits(12));
  }
}

std::uint32_t RandomInstruction::branch() {
  switch (below(8)) {
    case 0:
      return jal(target(), 0);
    case 1:
      return cj_type(5, 0);
    case 2:
    case 3:
      return cb_type(pick({6u, 7u}), below(8), 0);
    default:
      return b_type(pick({0u, 1u, 4u, 5u, 6u, 7u}), source(), source(), 0);
  }
}

std::uint32_t RandomInstruction::raw_word() {
  std::uint32_t bits = word();
  if (one_in(3)) {  // reserved function codes
    bits = (bits & ~0x707fu) | pick({0x6003u, 0x7003u, 0x3003u, 0x3023u, 0x7023u, 0x2063u, 0x3063u,
                                     0x1067u, 0x7067u, 0x4073u, 0x302fu, 0x002fu});
  } else {  // arithmetic, floating point, custom
    bits = (bits & ~0x7fu) | pick({0x33u, 0x13u, 0x53u, 0x43u, 0x07u, 0x27u, 0x0bu, 0x2bu});
    if (one_in(2)) bits &= ~0xbe00'0000u;  // funct7 0 or 0x20
  }
  return (bits & ~0xf80u) | target() << 7;
}

std::uint32_t RandomInstruction::raw_parcel() {
  const std::uint32_t bits = word() & 0xffff;
  const auto with_rd = [&](std::uint32_t parcel) { return (parcel & ~0xf80u) | target() << 7; };
  switch (below(6)) {
    case 0:
      return (bits & 0x1fe0) | short_target() << 2;  // c.addi4spn
    case 1:
      return with_rd((bits & 0x107c) | pick({0x0001u, 0x4001u, 0x6001u}));
    case 2:
      return (bits & 0x1c7c) | short_target() << 7 | 0x8001;
    case 3:
      return with_rd((bits & 0x107c) | 0x0002);  // c.slli
    case 4:
      return with_rd((bits & 0x107c) | 0x8002 | 4);
    default:  // floating point
      return (bits & 0x1ffc) | pick({0x2000u, 0x6000u, 0x8000u, 0xa000u, 0xe000u, 0x2002u, 0x6002u,
                                     0xa002u, 0xe002u});
  }
}

}  // namespace cairn::test
