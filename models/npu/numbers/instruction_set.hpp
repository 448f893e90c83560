// The instruction sets that the fast kernels are written for.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::numbers {

/// Results never depend on the choice. Each includes the ones before it.
enum class InstructionSet : std::uint8_t { portable, avx2, avx512_vnni, amx };

constexpr InstructionSet kInstructionSets[] = {InstructionSet::portable, InstructionSet::avx2,
                                               InstructionSet::avx512_vnni, InstructionSet::amx};

InstructionSet best_instruction_set();               ///< the widest that this machine has
bool has_instruction_set(InstructionSet candidate);  ///< on this machine
std::string_view name_of(InstructionSet instructions);

}  // namespace cairn::numbers
