// Conversions for AVX2: eight at a time. Call only where has_instruction_set says so.
#include "models/npu/cores/cap/macro/conversion_kernels.hpp"
#include "models/npu/numbers/avx2.hpp"

namespace cairn::npu::cap {

namespace {

using numbers::load;
using numbers::store;

CAIRN_AVX2 inline __m256i clamp(__m256i value, __m256i low, __m256i high) {
  return _mm256_min_epi32(_mm256_max_epi32(value, low), high);
}

CAIRN_AVX2 inline __m256i gauss_of(__m256i counters, const EvaluationKey& key) {
  __m256i x = _mm256_add_epi32(counters, _mm256_set1_epi32(static_cast<int>(key.first)));
  x = _mm256_xor_si256(x, _mm256_srli_epi32(x, 16));
  x = _mm256_mullo_epi32(x, _mm256_set1_epi32(static_cast<int>(kMixFirst)));
  x = _mm256_add_epi32(x, _mm256_set1_epi32(static_cast<int>(key.second)));
  x = _mm256_xor_si256(x, _mm256_srli_epi32(x, 15));
  x = _mm256_mullo_epi32(x, _mm256_set1_epi32(static_cast<int>(kMixSecond)));
  x = _mm256_xor_si256(x, _mm256_srli_epi32(x, 15));
  const __m256i upper = _mm256_srli_epi32(x, 22);
  const __m256i lower = _mm256_and_si256(_mm256_srli_epi32(x, 12), _mm256_set1_epi32(0x3ff));
  return _mm256_add_epi32(_mm256_i32gather_epi32(kQuantiles.data(), upper, 4),
                          _mm256_i32gather_epi32(kQuantiles.data(), lower, 4));
}

/// Lanes `half` * 8 and on.
template <bool deviates, bool bends, bool is_noisy>
CAIRN_AVX2 void convert_half(const LayerConversion& layer, const BlockConversion& block, int half) {
  const SliceLanes& lanes = *block.lanes;
  const int first = 8 * half;
  const __m256i even_constant = load(lanes.even_constant + first / 2);
  const __m256i odd_constant = load(lanes.odd_constant + first / 2);
  const __m256i even_multiplier = load(lanes.multiplier + first);
  const __m256i odd_multiplier = _mm256_srli_epi64(even_multiplier, 32);
  const __m256i inl_base = load(lanes.inl + first);
  const __m256i limit = _mm256_set1_epi32(layer.limit);
  const __m256i minus_limit = _mm256_set1_epi32(-layer.limit);
  const __m256i lowest = _mm256_set1_epi32(layer.lowest);
  const __m256i highest = _mm256_set1_epi32(layer.highest);
  const __m256i noise = _mm256_set1_epi32(layer.noise.multiplier);
  const __m256i weight = _mm256_set1_epi32(block.weight);
  const __m128i fraction_bits = _mm_cvtsi32_si128(layer.fraction_bits);
  const __m128i down = _mm_cvtsi32_si128(layer.shift), up = _mm_cvtsi32_si128(32 - layer.shift);
  const __m128i noise_shift = _mm_cvtsi32_si128(layer.noise.shift);
  const __m256i counters = _mm256_mullo_epi32(
      _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
                       _mm256_set1_epi32(static_cast<int>(block.channel) + first)),
      _mm256_set1_epi32(static_cast<int>(kChannelStep)));
  for (int p = 0; p < block.pixels; ++p) {
    const std::int64_t at = std::int64_t{p} * numbers::kTilePitch + first;
    __m256i sum = _mm256_sll_epi32(load(block.sums + at), fraction_bits);
    if constexpr (deviates) sum = _mm256_add_epi32(sum, load(block.deviations + at));
    sum = clamp(sum, minus_limit, limit);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(sum, even_multiplier), even_constant);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(sum, 32), odd_multiplier), odd_constant);
    __m256i position =
        _mm256_blend_epi32(_mm256_srl_epi64(even, down), _mm256_sll_epi64(odd, up), 0xaa);
    if constexpr (bends) {
      const __m256i code = clamp(_mm256_srai_epi32(position, kCodeBits), lowest, highest);
      position = _mm256_add_epi32(
          position, _mm256_i32gather_epi32(layer.inl, _mm256_add_epi32(code, inl_base), 4));
    }
    if constexpr (is_noisy)
      position = _mm256_add_epi32(
          position, _mm256_sra_epi32(_mm256_mullo_epi32(gauss_of(counters, block.keys[p]), noise),
                                     noise_shift));
    const __m256i code = clamp(_mm256_srai_epi32(position, kCodeBits), lowest, highest);
    std::int32_t* const to = block.totals + p * block.totals_pitch + first;
    store(to, _mm256_add_epi32(load(to), _mm256_mullo_epi32(code, weight)));
  }
}

template <bool deviates, bool bends, bool is_noisy>
void convert_of(const LayerConversion& layer, const BlockConversion& block) {
  convert_half<deviates, bends, is_noisy>(layer, block, 0);
  convert_half<deviates, bends, is_noisy>(layer, block, 1);
}

constexpr Convert kVariants[] = {convert_of<false, false, false>, convert_of<false, false, true>,
                                 convert_of<false, true, false>,  convert_of<false, true, true>,
                                 convert_of<true, false, false>,  convert_of<true, false, true>,
                                 convert_of<true, true, false>,   convert_of<true, true, true>};

}  // namespace

void convert_avx2(const LayerConversion& layer, const BlockConversion& block) {
  kVariants[4 * layer.has_deviations + 2 * (layer.inl != nullptr) + layer.has_noise](layer, block);
}

}  // namespace cairn::npu::cap
