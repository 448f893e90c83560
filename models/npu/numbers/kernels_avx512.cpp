// Kernels for AVX-512 with VNNI: vpdpbusd multiplies four unsigned codes by four weights and adds
// them exactly.
#include <immintrin.h>

#include <array>
#include <cstring>
#include <utility>

#include "models/npu/numbers/kernels_avx2.hpp"
#include "models/npu/numbers/kernels_avx512.hpp"
#include "models/npu/numbers/requantiser.hpp"

namespace cairn::numbers {

namespace {

CAIRN_AVX512 inline __m512i load(const void* from) {
  return _mm512_loadu_si512(from);
}

/// `count` rows x `blocks` channel blocks: 8 x 2 sums take 16 of the 32 registers.
template <int count, int blocks>
CAIRN_AVX512 void products_of(const std::uint8_t* rows, std::int64_t pitch,
                              const WeightPanel& panel, std::int32_t* sums) {
  __m512i total[count][blocks];
  for (int p = 0; p < count; ++p)
    for (int b = 0; b < blocks; ++b)
      total[p][b] = _mm512_setzero_si512();
  const std::uint8_t* row[count];
  for (int p = 0; p < count; ++p)
    row[p] = rows + p * pitch;
  const std::int8_t* w = panel.first;
  for (std::int64_t at = 0; at < std::int64_t{4} * panel.groups; at += 4, w += 4 * kLanes) {
    __m512i weights[blocks];
#pragma GCC unroll 2
    for (int b = 0; b < blocks; ++b)
      weights[b] = load(w + b * panel.block_pitch);
#pragma GCC unroll 8
    for (int p = 0; p < count; ++p) {
      std::int32_t four = 0;
      std::memcpy(&four, row[p] + at, sizeof four);
      const __m512i codes = _mm512_set1_epi32(four);
#pragma GCC unroll 2
      for (int b = 0; b < blocks; ++b)
        total[p][b] = _mm512_dpbusd_epi32(total[p][b], codes, weights[b]);
    }
  }
  for (int p = 0; p < count; ++p)
    for (int b = 0; b < blocks; ++b)
      _mm512_storeu_si512(sums + p * kTilePitch + b * kLanes, total[p][b]);
}

constexpr int kRows = 8;
using ProductsOf = void (*)(const std::uint8_t*, std::int64_t, const WeightPanel&, std::int32_t*);

template <int blocks, int... count>
constexpr std::array<ProductsOf, kRows> products_table(std::integer_sequence<int, count...>) {
  return {products_of<count + 1, blocks>...};
}
constexpr std::array<std::array<ProductsOf, kRows>, kTileBlocks> kProducts = {
    products_table<1>(std::make_integer_sequence<int, kRows>()),
    products_table<2>(std::make_integer_sequence<int, kRows>())};

/// Four by four lanes of 32 bits, in each quarter of the registers.
CAIRN_AVX512 inline void transpose_quarters(__m512i (&r)[16]) {
  for (int i = 0; i < 16; i += 4) {
    const __m512i a = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    const __m512i b = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    const __m512i c = _mm512_unpacklo_epi32(r[i + 2], r[i + 3]);
    const __m512i d = _mm512_unpackhi_epi32(r[i + 2], r[i + 3]);
    r[i] = _mm512_unpacklo_epi64(a, c);
    r[i + 1] = _mm512_unpackhi_epi64(a, c);
    r[i + 2] = _mm512_unpacklo_epi64(b, d);
    r[i + 3] = _mm512_unpackhi_epi64(b, d);
  }
}

CAIRN_AVX512 void interleave_16(const std::int8_t* rows, std::int64_t pitch, std::int8_t* block) {
  __m512i r[16];
  for (int i = 0; i < 16; ++i)
    r[i] = load(rows + i * pitch);
  transpose_quarters(r);
  for (int i = 0; i < 4; ++i) {
    const __m512i a = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x44);
    const __m512i b = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xee);
    const __m512i c = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x44);
    const __m512i d = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xee);
    _mm512_storeu_si512(block + i * 64, _mm512_shuffle_i32x4(a, c, 0x88));
    _mm512_storeu_si512(block + (i + 4) * 64, _mm512_shuffle_i32x4(a, c, 0xdd));
    _mm512_storeu_si512(block + (i + 8) * 64, _mm512_shuffle_i32x4(b, d, 0x88));
    _mm512_storeu_si512(block + (i + 12) * 64, _mm512_shuffle_i32x4(b, d, 0xdd));
  }
}

/// Two arrays of Requantiser's even and odd order: the even channels of 16, or the odd ones.
CAIRN_AVX512 inline __m512i halves(const std::uint64_t* first) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(first));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(first + 8));
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

CAIRN_AVX512 void multiply_single(const Requantiser& r, const std::int32_t* sums,
                                  std::int64_t sums_pitch, int pixels, std::size_t channel,
                                  std::uint8_t* out, std::int64_t out_pitch) {
  const __m512i offset = load(&r.offset[channel]), multiplier = load(&r.multiplier[channel]);
  const __m512i odd_multiplier = _mm512_srli_epi64(multiplier, 32),
                rebase = load(&r.rebase[channel]);
  const __m512i even_round = halves(&r.round[channel]), odd_round = halves(&r.round[channel + 4]);
  const __m512i even_shift = halves(&r.shift[channel]), odd_shift = halves(&r.shift[channel + 4]);
  const __m512i zero = _mm512_setzero_si512(), top = _mm512_set1_epi32(r.top);
  for (int p = 0; p < pixels; ++p, sums += sums_pitch, out += out_pitch) {
    const __m512i value = _mm512_add_epi32(load(sums), offset);
    __m512i even = _mm512_mul_epi32(value, multiplier);
    __m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(value, 32), odd_multiplier);
    even = _mm512_srlv_epi64(_mm512_add_epi64(even, even_round), even_shift);
    odd = _mm512_srlv_epi64(_mm512_add_epi64(odd, odd_round), odd_shift);
    const __m512i both = _mm512_mask_shuffle_epi32(even, 0xaaaa, odd, _MM_PERM_CCAA);
    const __m512i q = _mm512_add_epi32(both, rebase);
    const __m512i code = _mm512_min_epi32(_mm512_max_epi32(q, zero), top);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi32_epi8(code));
  }
}

CAIRN_AVX512 void count_thresholds(const Requantiser& r, const std::int32_t* sums,
                                   std::int64_t sums_pitch, int pixels, std::size_t channel,
                                   std::uint8_t* out, std::int64_t out_pitch) {
  const __m512i offset = load(&r.offset[channel]), flip = load(&r.flip[channel]);
  const __m512i one = _mm512_set1_epi32(1);
  for (int p = 0; p < pixels; ++p, sums += sums_pitch, out += out_pitch) {
    const __m512i value = _mm512_xor_si512(_mm512_add_epi32(load(sums), offset), flip);
    __m512i code = _mm512_setzero_si512();
    const std::int32_t* threshold = &r.thresholds[channel];
    for (int t = 0; t < r.threshold_count; ++t, threshold += r.offset.size())
      code =
          _mm512_mask_add_epi32(code, _mm512_cmpge_epi32_mask(value, load(threshold)), code, one);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi32_epi8(code));
  }
}

/// Four bits: a binary search in 15 ascending thresholds.
CAIRN_AVX512 void search_thresholds(const Requantiser& r, const std::int32_t* sums,
                                    std::int64_t sums_pitch, int pixels, std::size_t channel,
                                    std::uint8_t* out, std::int64_t out_pitch) {
  const __m512i offset = load(&r.offset[channel]), flip = load(&r.flip[channel]);
  __m512i t[15];
  for (std::size_t i = 0; i < 15; ++i)
    t[i] = load(&r.thresholds[channel + i * r.offset.size()]);
  for (int p = 0; p < pixels; ++p, sums += sums_pitch, out += out_pitch) {
    const __m512i value = _mm512_xor_si512(_mm512_add_epi32(load(sums), offset), flip);
    const __mmask16 b3 = _mm512_cmpge_epi32_mask(value, t[7]);
    const __m512i t2 = _mm512_mask_blend_epi32(b3, t[3], t[11]);
    const __mmask16 b2 = _mm512_cmpge_epi32_mask(value, t2);
    const __m512i t1 = _mm512_mask_blend_epi32(b2, _mm512_mask_blend_epi32(b3, t[1], t[9]),
                                               _mm512_mask_blend_epi32(b3, t[5], t[13]));
    const __mmask16 b1 = _mm512_cmpge_epi32_mask(value, t1);
    const __m512i t0 = _mm512_mask_blend_epi32(
        b1,
        _mm512_mask_blend_epi32(b2, _mm512_mask_blend_epi32(b3, t[0], t[8]),
                                _mm512_mask_blend_epi32(b3, t[4], t[12])),
        _mm512_mask_blend_epi32(b2, _mm512_mask_blend_epi32(b3, t[2], t[10]),
                                _mm512_mask_blend_epi32(b3, t[6], t[14])));
    const __mmask16 b0 = _mm512_cmpge_epi32_mask(value, t0);
    const __m128i code =
        _mm_or_si128(_mm_or_si128(_mm_maskz_set1_epi8(b3, 8), _mm_maskz_set1_epi8(b2, 4)),
                     _mm_or_si128(_mm_maskz_set1_epi8(b1, 2), _mm_maskz_set1_epi8(b0, 1)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), code);
  }
}

}  // namespace

void products_avx512(const OperandRows& rows, const WeightPanel& panel, std::int32_t* sums) {
  for (int p = 0; p < rows.count; p += kRows) {
    const int here = rows.count - p < kRows ? rows.count - p : kRows;
    kProducts[static_cast<std::size_t>(panel.blocks) - 1][static_cast<std::size_t>(here) - 1](
        rows.first + p * rows.pitch, rows.pitch, panel, sums + p * kTilePitch);
  }
}

void interleave_avx512(const std::int8_t* rows, std::int64_t pitch, int groups,
                       std::int8_t* block) {
  int group = 0;
  for (; group + 16 <= groups; group += 16)
    interleave_16(rows + 4 * group, pitch, block + 4 * group * kLanes);
  if (group < groups)
    kPortableKernels.interleave(rows + 4 * group, pitch, groups - group,
                                block + 4 * group * kLanes);
}

CAIRN_AVX512 void gather_avx512(const WindowRuns& runs, std::uint8_t* to, std::int64_t pitch) {
  const std::uint8_t* window = runs.first;
  for (std::int64_t p = 0; p < runs.pixels; ++p, window += runs.step, to += pitch) {
    std::uint8_t* row = to;
    for (int y = 0; y < runs.rows; ++y)
      for (int x = 0; x < runs.runs; ++x, row += runs.size) {
        const std::uint8_t* from = window + y * runs.row_pitch + x * runs.run_pitch;
        for (std::int64_t i = 0; i < runs.size; i += 64)
          _mm512_storeu_si512(row + i, load(from + i));
      }
  }
}

void requantise_avx512(const Requantiser& r, const std::int32_t* sums, std::int64_t sums_pitch,
                       int pixels, int channel, std::uint8_t* out, std::int64_t out_pitch) {
  const auto first = static_cast<std::size_t>(channel);
  switch (r.form) {
    case Requantiser::Form::single:
      return multiply_single(r, sums, sums_pitch, pixels, first, out, out_pitch);
    case Requantiser::Form::thresholds:
      return r.threshold_count == 15
                 ? search_thresholds(r, sums, sums_pitch, pixels, first, out, out_pitch)
                 : count_thresholds(r, sums, sums_pitch, pixels, first, out, out_pitch);
    default:
      return requantise_avx2(r, sums, sums_pitch, pixels, channel, out, out_pitch);
  }
}

}  // namespace cairn::numbers
