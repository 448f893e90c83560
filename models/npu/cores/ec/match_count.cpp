#include "models/npu/cores/ec/match_count.hpp"

#include <bit>

namespace cairn::npu::ec {

MatchCount count_portable(const EntryBits& b, const CountingPlan& plan) {
  MatchCount sum;
  for (int chunk = 0; chunk < b.chunks; ++chunk) {
    const std::uint64_t* features = b.features + chunk * plan.features * b.words;
    const std::uint64_t* weights =
        b.weights + std::int64_t{chunk} * plan.weights * b.words * b.pitch;
    for (int channel = 0; channel < b.channels; ++channel) {
      bool any = false;
      for (const std::vector<PlanePair>& pairs : plan.classes) {
        int matches = 0;
        for (const PlanePair& pair : pairs)
          for (int w = 0; w < b.words; ++w)
            matches += std::popcount(features[pair.feature * b.words + w] &
                                     weights[(pair.weight * b.words + w) * b.pitch + channel]);
        sum.matches += static_cast<unsigned>(matches);
        sum.searches += matches > 0 ? 1 : 0;
        any |= matches > 0;
      }
      sum.dots += any ? 1 : 0;
    }
  }
  return sum;
}

CountMatches count_matches(numbers::InstructionSet instructions) {
  using numbers::InstructionSet;
  if (instructions >= InstructionSet::avx512_vnni &&
      numbers::has_instruction_set(InstructionSet::avx512_vnni) &&
      __builtin_cpu_supports("avx512vpopcntdq") != 0)
    return count_avx512;
  if (instructions >= InstructionSet::avx2 && numbers::has_instruction_set(InstructionSet::avx2))
    return count_avx2;
  return count_portable;
}

}  // namespace cairn::npu::ec
