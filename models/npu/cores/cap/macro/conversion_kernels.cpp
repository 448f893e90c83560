#include "models/npu/cores/cap/macro/conversion_kernels.hpp"

#include <algorithm>

namespace cairn::npu::cap {

using numbers::kLanes;

void convert_portable(const LayerConversion& layer, const BlockConversion& block) {
  const SliceLanes& lanes = *block.lanes;
  for (int p = 0; p < block.pixels; ++p)
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::int64_t at = std::int64_t{p} * numbers::kTilePitch + lane;
      std::int32_t sum = block.sums[at] * (1 << layer.fraction_bits);
      if (layer.has_deviations) sum += block.deviations[at];
      const std::int64_t limited = std::clamp(sum, -layer.limit, layer.limit);
      const std::int64_t constant =
          (lane % 2 == 0 ? lanes.even_constant : lanes.odd_constant)[lane / 2];
      auto position =
          static_cast<std::int32_t>((limited * lanes.multiplier[lane] + constant) >> layer.shift);
      if (layer.inl != nullptr)
        position += layer.inl[lanes.inl[lane] +
                              std::clamp(position >> kCodeBits, layer.lowest, layer.highest)];
      if (layer.has_noise) {
        const auto channel = block.channel + static_cast<std::uint32_t>(lane);
        const std::int32_t gauss = gaussian(noise_bits(block.keys[p], channel));
        position += gauss * layer.noise.multiplier >> layer.noise.shift;
      }
      block.totals[p * block.totals_pitch + lane] +=
          std::clamp(position >> kCodeBits, layer.lowest, layer.highest) * block.weight;
    }
}

Convert convert_for(numbers::InstructionSet instructions) {
  switch (instructions) {
    case numbers::InstructionSet::portable:
      break;
    case numbers::InstructionSet::avx2:
      return convert_avx2;
    case numbers::InstructionSet::avx512_vnni:
    case numbers::InstructionSet::amx:
      return convert_avx512;
  }
  return convert_portable;
}

}  // namespace cairn::npu::cap
