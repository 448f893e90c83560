// From instruction bits to a decoded instruction.
#pragma once

#include <cstdint>

#include "models/cpu/hart_config.hpp"
#include "models/cpu/hart_instruction.hpp"

namespace cairn::hart {

/// True if the 16-bit parcel is a whole (compressed) instruction.
constexpr bool is_compressed(std::uint32_t parcel) {
  return (parcel & 3) != 3;
}

/// Decodes RV32IMAC, Zicsr, Zifencei, machine mode and these extensions; what is none of them
/// becomes Op::kIllegal. `bits` holds a 32-bit instruction, or a compressed one in its low half.
/// `cycles` stays 0.
Instruction decode(std::uint32_t bits, const Extensions& extensions);

/// Opcodes LOAD-FP, STORE-FP, OP-FP, MADD, MSUB, NMSUB and NMADD of single precision, whole:
/// Op::kIllegal or one of F.
Instruction decode_float(std::uint32_t bits);
/// Zba and Zbb in the opcodes OP and OP-IMM; Op::kIllegal for everything else.
Op bitmanip_register(std::uint32_t bits);
Op bitmanip_immediate(std::uint32_t bits);

/// The 32-bit instruction that a compressed one stands for (RV32C with F, without D), or 0, which
/// is illegal, for reserved encodings.
std::uint32_t expand_compressed(std::uint16_t parcel);

/// Cycles of the instruction's class; a branch counts as not taken.
std::uint32_t cost_of(Op op, const CycleCosts& costs);

}  // namespace cairn::hart
