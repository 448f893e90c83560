#include "models/npu/numbers/instruction_set.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "models/npu/numbers/kernels_amx.hpp"
#include "models/npu/numbers/kernels_avx2.hpp"
#include "models/npu/numbers/kernels_avx512.hpp"

namespace cairn::numbers {

namespace {

void nothing() {}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0;
}

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vbmi") != 0 &&
         __builtin_cpu_supports("avx512vnni") != 0;
}

/// CPUID leaf 7: AMX-TILE and AMX-INT8. Linux grants the tile registers on request, once for the
/// process; under an emulator without them the request fails.
bool has_amx() {
  if (!has_avx512()) return false;
  constexpr unsigned kTileAndInt8 = 3U << 24;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & kTileAndInt8) != kTileAndInt8)
    return false;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace

bool has_instruction_set(InstructionSet candidate) {
  static const bool amx = has_amx();
  switch (candidate) {
    case InstructionSet::portable:
      return true;
    case InstructionSet::avx2:
      return has_avx2();
    case InstructionSet::avx512_vnni:
      return has_avx512();
    case InstructionSet::amx:
      return amx;
  }
  return false;
}

InstructionSet best_instruction_set() {
  static const InstructionSet best = *std::find_if(
      std::rbegin(kInstructionSets), std::rend(kInstructionSets), has_instruction_set);
  return best;
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
  static const Kernels avx2 = {
      4,       products_avx2,     interleave_avx2, kPortableKernels.gather, nothing,
      nothing, channel_sums_avx2, largest_avx2,    requantise_avx2};
  static const Kernels avx512 = {
      4,       products_avx512,   interleave_avx512, gather_avx512,    nothing,
      nothing, channel_sums_avx2, largest_avx2,      requantise_avx512};
  static const Kernels amx = {
      64,      products_amx,      interleave_avx512, gather_avx512,    begin_amx,
      end_amx, channel_sums_avx2, largest_avx2,      requantise_avx512};
  if (!has_instruction_set(instructions))
    throw std::invalid_argument("this machine lacks the instruction set asked for");
  switch (instructions) {
    case InstructionSet::portable:
      break;
    case InstructionSet::avx2:
      return avx2;
    case InstructionSet::avx512_vnni:
      return avx512;
    case InstructionSet::amx:
      return amx;
  }
  return kPortableKernels;
}

}  // namespace cairn::numbers
