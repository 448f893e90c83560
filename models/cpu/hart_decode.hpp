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

/// Decodes RV32IMAC, Zicsr, Zifencei and machine mode; what is none of these becomes Op::kIllegal.
/// `bits` holds a 32-bit instruction, or a compressed one in its low half. `cycles` stays 0.
Instruction decode(std::uint32_t bits);

/// The 32-bit instruction that a compressed one stands for (RV32C without F and D), or 0, which is
/// illegal, for reserved encodings.
std::uint32_t expand_compressed(std::uint16_t parcel);

/// Cycles of the instruction's class; a branch counts as not taken.
std::uint32_t cost_of(Op op, const CycleCosts& costs);

}  // namespace cairn::hart
