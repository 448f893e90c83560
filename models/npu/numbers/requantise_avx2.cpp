// Requantisation for AVX2, eight channels at a time.
#include "models/npu/numbers/avx2.hpp"
#include "models/npu/numbers/kernels_avx2.hpp"
#include "models/npu/numbers/requantiser.hpp"

namespace cairn::numbers {

namespace {

/// Clamps eight codes and stores a byte of each.
CAIRN_AVX2 inline void store_codes(std::uint8_t* to, __m256i codes, __m256i top) {
  codes = _mm256_min_epi32(_mm256_max_epi32(codes, _mm256_setzero_si256()), top);
  const __m128i words =
      _mm_packus_epi32(_mm256_castsi256_si128(codes), _mm256_extracti128_si256(codes, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
}

/// Eight channels of Requantiser::Form::single, for many pixels.
CAIRN_AVX2 void multiply_single(const Requantiser& r, const std::int32_t* sums,
                                std::int64_t sums_pitch, int pixels, std::size_t channel,
                                std::uint8_t* out, std::int64_t out_pitch) {
  const __m256i offset = load(&r.offset[channel]), multiplier = load(&r.multiplier[channel]);
  const __m256i odd_multiplier = _mm256_srli_epi64(multiplier, 32),
                rebase = load(&r.rebase[channel]);
  const __m256i even_round = load(&r.round[channel]), odd_round = load(&r.round[channel + 4]);
  const __m256i even_shift = load(&r.shift[channel]), odd_shift = load(&r.shift[channel + 4]);
  const __m256i top = _mm256_set1_epi32(r.top);
  for (int p = 0; p < pixels; ++p) {
    const __m256i value = _mm256_add_epi32(load(sums + p * sums_pitch), offset);
    __m256i even = _mm256_mul_epi32(value, multiplier);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(value, 32), odd_multiplier);
    even = _mm256_srlv_epi64(_mm256_add_epi64(even, even_round), even_shift);
    odd = _mm256_srlv_epi64(_mm256_add_epi64(odd, odd_round), odd_shift);
    const __m256i both = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
    const __m256i q = _mm256_add_epi32(both, rebase);
    store_codes(out + p * out_pitch, q, top);
  }
}

/// Eight channels of Requantiser::Form::tflite.
CAIRN_AVX2 void multiply_tflite(const Requantiser& r, const std::int32_t* sums,
                                std::int64_t sums_pitch, int pixels, std::size_t channel,
                                std::uint8_t* out, std::int64_t out_pitch) {
  const __m256i offset = load(&r.offset[channel]), multiplier = load(&r.multiplier[channel]);
  const __m256i odd_multiplier = _mm256_srli_epi64(multiplier, 32);
  const __m256i left = load(&r.left[channel]), right = load(&r.right[channel]),
                mask = load(&r.mask[channel]);
  const __m256i half_mask = _mm256_srli_epi32(mask, 1), nudge = _mm256_set1_epi64x(1LL << 30);
  const __m256i top = _mm256_set1_epi32(r.top);
  for (int p = 0; p < pixels; ++p) {
    const __m256i value =
        _mm256_sllv_epi32(_mm256_add_epi32(load(sums + p * sums_pitch), offset), left);
    // The high half of the doubled product is its bits 31 to 62; rounding both signs upwards is
    // gemmlowp's nudge.
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(value, multiplier), nudge);
    __m256i odd =
        _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(value, 32), odd_multiplier), nudge);
    even = _mm256_srli_epi64(even, 31);
    odd = _mm256_slli_epi64(odd, 1);
    const __m256i x = _mm256_blend_epi32(even, odd, 0xaa);
    const __m256i threshold = _mm256_add_epi32(half_mask, _mm256_srli_epi32(x, 31));
    const __m256i up =
        _mm256_cmpgt_epi32(_mm256_and_si256(x, mask), threshold);  // -1 where rounded up
    const __m256i scaled = _mm256_sub_epi32(_mm256_srav_epi32(x, right), up);
    const __m256i q = _mm256_add_epi32(scaled, load(&r.rebase[channel]));
    store_codes(out + p * out_pitch, q, top);
  }
}

/// Eight channels of Requantiser::Form::thresholds.
CAIRN_AVX2 void count_thresholds(const Requantiser& r, const std::int32_t* sums,
                                 std::int64_t sums_pitch, int pixels, std::size_t channel,
                                 std::uint8_t* out, std::int64_t out_pitch) {
  const __m256i offset = load(&r.offset[channel]), flip = load(&r.flip[channel]);
  const __m256i top = _mm256_set1_epi32(r.top);
  for (int p = 0; p < pixels; ++p) {
    const __m256i value =
        _mm256_xor_si256(_mm256_add_epi32(load(sums + p * sums_pitch), offset), flip);
    __m256i q = top;
    for (int t = 0; t < r.threshold_count; ++t)
      q = _mm256_add_epi32(
          q, _mm256_cmpgt_epi32(load(&r.thresholds[t * r.offset.size() + channel]), value));
    store_codes(out + p * out_pitch, q, top);
  }
}

}  // namespace

void requantise_avx2(const Requantiser& r, const std::int32_t* sums, std::int64_t sums_pitch,
                     int pixels, int channel, std::uint8_t* out, std::int64_t out_pitch) {
  for (int lane = 0; lane < kLanes; lane += 8) {
    const auto first = static_cast<std::size_t>(channel + lane);
    switch (r.form) {
      case Requantiser::Form::none:
      case Requantiser::Form::scalar:
        break;
      case Requantiser::Form::single:
        multiply_single(r, sums + lane, sums_pitch, pixels, first, out + lane, out_pitch);
        break;
      case Requantiser::Form::tflite:
        multiply_tflite(r, sums + lane, sums_pitch, pixels, first, out + lane, out_pitch);
        break;
      case Requantiser::Form::thresholds:
        count_thresholds(r, sums + lane, sums_pitch, pixels, first, out + lane, out_pitch);
        break;
    }
  }
}

}  // namespace cairn::numbers
