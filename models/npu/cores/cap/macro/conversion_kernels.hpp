// The inner loop of the fast kernels, written once per instruction set: a tile of sums to codes.
#pragma once

#include <cstdint>

#include "models/npu/cores/cap/macro/conversion.hpp"
#include "models/npu/cores/cap/macro/gaussian.hpp"
#include "models/npu/numbers/kernels.hpp"

namespace cairn::npu::cap {

/// The slices that convert a block of output channels side by side.
struct alignas(64) SliceLanes {
  std::int64_t even_constant[numbers::kLanes / 2], odd_constant[numbers::kLanes / 2];
  std::int32_t multiplier[numbers::kLanes];
  std::int32_t inl[numbers::kLanes];  ///< where the nonlinearity of code 0 is in its table
};

/// What the conversions of a layer have in common.
struct LayerConversion {
  int fraction_bits = 0;
  std::int32_t limit = 0;
  int shift = 0;
  std::int32_t lowest = 0, highest = 0;
  const std::int32_t* inl = nullptr;  ///< null if it is zero everywhere
  NoiseScale noise;
  bool has_deviations = false, has_noise = false;
};

/// One block of one evaluation at some pixels. Tiles of sums and of totals have
/// numbers::kTilePitch and `totals_pitch` elements a pixel.
struct BlockConversion {
  const std::int32_t* sums;        ///< of inputs times cells
  const std::int32_t* deviations;  ///< of inputs times cells' deviations; unused without any
  int pixels;
  const SliceLanes* lanes;
  const EvaluationKey* keys;  ///< [pixels]; unused without noise
  std::uint32_t channel;      ///< of the layer, of the first lane
  std::int32_t weight;        ///< of a code
  std::int32_t* totals;       ///< codes times weight are added
  std::int64_t totals_pitch;
};

using Convert = void (*)(const LayerConversion&, const BlockConversion&);

Convert convert_for(numbers::InstructionSet instructions);

void convert_portable(const LayerConversion& layer, const BlockConversion& block);
void convert_avx2(const LayerConversion& layer, const BlockConversion& block);
void convert_avx512(const LayerConversion& layer, const BlockConversion& block);

}  // namespace cairn::npu::cap
