// Which instruction sets this machine has.
#include <stdexcept>

#include "models/npu/numbers/kernels.hpp"

namespace cairn::numbers {

bool has_instruction_set(InstructionSet candidate) {
  switch (candidate) {
    case InstructionSet::portable:
      return true;
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") != 0;
    case InstructionSet::avx512_vnni:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("avx512f") != 0 &&
             __builtin_cpu_supports("avx512vnni") != 0;
  }
  return false;
}

InstructionSet best_instruction_set() {
  for (const auto candidate : {InstructionSet::avx512_vnni, InstructionSet::avx2})
    if (has_instruction_set(candidate)) return candidate;
  return InstructionSet::portable;
}

namespace {

/// Channel-wise sums and requantisation are bound by their loads: AVX2's serve as well.
const Kernels& avx512_kernels() {
  static const Kernels kernels = {8,
                                  2,
                                  4,
                                  convolve_avx512,
                                  kAvx2Kernels.convolve_channels,
                                  kAvx2Kernels.largest,
                                  kAvx2Kernels.requantise};
  return kernels;
}

}  // namespace

const Kernels& kernels_for(InstructionSet instructions) {
  if (!has_instruction_set(instructions))
    throw std::invalid_argument("this machine lacks the instruction set asked for");
  switch (instructions) {
    case InstructionSet::portable:
      break;
    case InstructionSet::avx2:
      return kAvx2Kernels;
    case InstructionSet::avx512_vnni:
      return avx512_kernels();
  }
  return kPortableKernels;
}

}  // namespace cairn::numbers
