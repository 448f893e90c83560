#include "models/npu/numbers/instruction_set.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "models/npu/numbers/kernels.hpp"

namespace cairn::numbers {

bool has_instruction_set(InstructionSet candidate) {
  switch (candidate) {
    case InstructionSet::portable:
      return true;
    case InstructionSet::avx2:
      return false;
    case InstructionSet::avx512_vnni:
      return false;
    case InstructionSet::amx:
      return false;
  }
  return false;
}

InstructionSet best_instruction_set() {
  return *std::find_if(std::rbegin(kInstructionSets), std::rend(kInstructionSets),
                       has_instruction_set);
}

std::string_view name_of(InstructionSet instructions) {
  switch (instructions) {
    case InstructionSet::portable:
      return "portable";
    case InstructionSet::avx2:
      return "AVX2";
    case InstructionSet::avx512_vnni:
      return "AVX-512 VNNI";
    case InstructionSet::amx:
      return "AMX";
  }
  return "unknown";
}

const Kernels& kernels_for(InstructionSet instructions) {
  if (!has_instruction_set(instructions))
    throw std::invalid_argument("this machine lacks the instruction set asked for");
  return kPortableKernels;
}

}  // namespace cairn::numbers
