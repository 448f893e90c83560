// Decoding of Zba and Zbb (bit-manipulation ISA 1.0.0).
#include "models/cpu/hart_decode.hpp"

namespace cairn::hart {
namespace {

constexpr std::uint32_t key(std::uint32_t funct7, std::uint32_t funct3) {
  return funct7 << 3 | funct3;
}
constexpr std::uint32_t key_of(std::uint32_t bits) {
  return key(bits >> 25, bits >> 12 & 7);
}
constexpr std::uint32_t rs2_of(std::uint32_t bits) {
  return bits >> 20 & 31;
}

Op count_or_extend(std::uint32_t which) {
  switch (which) {
    case 0:
      return Op::kClz;
    case 1:
      return Op::kCtz;
    case 2:
      return Op::kCpop;
    case 4:
      return Op::kSextB;
    case 5:
      return Op::kSextH;
    default:
      return Op::kIllegal;
  }
}

}  // namespace

Op bitmanip_register(std::uint32_t bits) {
  switch (key_of(bits)) {
    case key(0x10, 2):
      return Op::kSh1add;
    case key(0x10, 4):
      return Op::kSh2add;
    case key(0x10, 6):
      return Op::kSh3add;
    case key(0x20, 7):
      return Op::kAndn;
    case key(0x20, 6):
      return Op::kOrn;
    case key(0x20, 4):
      return Op::kXnor;
    case key(0x05, 4):
      return Op::kMin;
    case key(0x05, 5):
      return Op::kMinu;
    case key(0x05, 6):
      return Op::kMax;
    case key(0x05, 7):
      return Op::kMaxu;
    case key(0x30, 1):
      return Op::kRol;
    case key(0x30, 5):
      return Op::kRor;
    case key(0x04, 4):
      return rs2_of(bits) == 0 ? Op::kZextH : Op::kIllegal;
    default:
      return Op::kIllegal;
  }
}

Op bitmanip_immediate(std::uint32_t bits) {
  switch (key_of(bits)) {
    case key(0x30, 1):
      return count_or_extend(rs2_of(bits));
    case key(0x30, 5):
      return Op::kRori;
    case key(0x14, 5):
      return rs2_of(bits) == 7 ? Op::kOrcB : Op::kIllegal;
    case key(0x34, 5):
      return rs2_of(bits) == 24 ? Op::kRev8 : Op::kIllegal;
    default:
      return Op::kIllegal;
  }
}

}  // namespace cairn::hart
