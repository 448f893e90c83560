// Conversions for AVX-512: sixteen at a time. Call only where has_instruction_set says so.
#include <immintrin.h>

#include "models/npu/cores/cap/macro/conversion_kernels.hpp"
#include "models/npu/numbers/kernels_avx512.hpp"

namespace cairn::npu::cap {

namespace {

CAIRN_AVX512 inline __m512i load(const void* from) {
  return _mm512_loadu_si512(from);
}

CAIRN_AVX512 inline __m512i clamp(__m512i value, __m512i low, __m512i high) {
  return _mm512_min_epi32(_mm512_max_epi32(value, low), high);
}

CAIRN_AVX512 inline __m512i gauss_of(__m512i counters, const EvaluationKey& key) {
  __m512i x = _mm512_add_epi32(counters, _mm512_set1_epi32(static_cast<int>(key.first)));
  x = _mm512_xor_si512(x, _mm512_srli_epi32(x, 16));
  x = _mm512_mullo_epi32(x, _mm512_set1_epi32(static_cast<int>(kMixFirst)));
  x = _mm512_add_epi32(x, _mm512_set1_epi32(static_cast<int>(key.second)));
  x = _mm512_xor_si512(x, _mm512_srli_epi32(x, 15));
  x = _mm512_mullo_epi32(x, _mm512_set1_epi32(static_cast<int>(kMixSecond)));
  x = _mm512_xor_si512(x, _mm512_srli_epi32(x, 15));
  const __m512i upper = _mm512_srli_epi32(x, 22);
  const __m512i lower = _mm512_and_si512(_mm512_srli_epi32(x, 12), _mm512_set1_epi32(0x3ff));
  return _mm512_add_epi32(_mm512_i32gather_epi32(upper, kQuantiles.data(), 4),
                          _mm512_i32gather_epi32(lower, kQuantiles.data(), 4));
}

template <bool deviates, bool bends, bool is_noisy>
CAIRN_AVX512 void convert_of(const LayerConversion& layer, const BlockConversion& block) {
  const SliceLanes& lanes = *block.lanes;
  const __m512i even_constant = load(lanes.even_constant), odd_constant = load(lanes.odd_constant);
  const __m512i even_multiplier = load(lanes.multiplier);
  const __m512i odd_multiplier = _mm512_srli_epi64(even_multiplier, 32);
  const __m512i inl_base = load(lanes.inl);
  const __m512i limit = _mm512_set1_epi32(layer.limit);
  const __m512i minus_limit = _mm512_set1_epi32(-layer.limit);
  const __m512i lowest = _mm512_set1_epi32(layer.lowest);
  const __m512i highest = _mm512_set1_epi32(layer.highest);
  const __m512i noise = _mm512_set1_epi32(layer.noise.multiplier);
  const __m512i weight = _mm512_set1_epi32(block.weight);
  const __m128i fraction_bits = _mm_cvtsi32_si128(layer.fraction_bits);
  const __m128i down = _mm_cvtsi32_si128(layer.shift), up = _mm_cvtsi32_si128(32 - layer.shift);
  const __m128i noise_shift = _mm_cvtsi32_si128(layer.noise.shift);
  const __m512i count = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i counters = _mm512_mullo_epi32(
      _mm512_add_epi32(count, _mm512_set1_epi32(static_cast<int>(block.channel))),
      _mm512_set1_epi32(static_cast<int>(kChannelStep)));
  for (int p = 0; p < block.pixels; ++p) {
    const std::int64_t at = std::int64_t{p} * numbers::kTilePitch;
    __m512i sum = _mm512_sll_epi32(load(block.sums + at), fraction_bits);
    if constexpr (deviates) sum = _mm512_add_epi32(sum, load(block.deviations + at));
    sum = clamp(sum, minus_limit, limit);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(sum, even_multiplier), even_constant);
    const __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(sum, 32), odd_multiplier), odd_constant);
    const __m512i position =
        _mm512_mask_blend_epi32(0xaaaa, _mm512_srl_epi64(even, down), _mm512_sll_epi64(odd, up));
    __m512i moved = position;
    if constexpr (bends) {
      const __m512i code = clamp(_mm512_srai_epi32(position, kCodeBits), lowest, highest);
      moved = _mm512_add_epi32(
          moved, _mm512_i32gather_epi32(_mm512_add_epi32(code, inl_base), layer.inl, 4));
    }
    if constexpr (is_noisy)
      moved = _mm512_add_epi32(
          moved, _mm512_sra_epi32(_mm512_mullo_epi32(gauss_of(counters, block.keys[p]), noise),
                                  noise_shift));
    const __m512i code = clamp(_mm512_srai_epi32(moved, kCodeBits), lowest, highest);
    std::int32_t* const to = block.totals + p * block.totals_pitch;
    _mm512_storeu_si512(to, _mm512_add_epi32(load(to), _mm512_mullo_epi32(code, weight)));
  }
}

constexpr Convert kVariants[] = {convert_of<false, false, false>, convert_of<false, false, true>,
                                 convert_of<false, true, false>,  convert_of<false, true, true>,
                                 convert_of<true, false, false>,  convert_of<true, false, true>,
                                 convert_of<true, true, false>,   convert_of<true, true, true>};

}  // namespace

void convert_avx512(const LayerConversion& layer, const BlockConversion& block) {
  kVariants[4 * layer.has_deviations + 2 * (layer.inl != nullptr) + layer.has_noise](layer, block);
}

}  // namespace cairn::npu::cap
