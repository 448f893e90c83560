// Sums of products for AVX2: four codes broadcast, times the weights of eight channels.
#include <array>
#include <cstring>
#include <utility>

#include "models/npu/numbers/avx2.hpp"
#include "models/npu/numbers/kernels_avx2.hpp"

namespace cairn::numbers {

namespace {

constexpr int kRows = 4;  // x kLanes channels: 8 of the 16 registers are sums

CAIRN_AVX2 inline __m256i broadcast_four(const std::uint8_t* codes) {
  std::int32_t four = 0;
  std::memcpy(&four, codes, sizeof four);
  return _mm256_set1_epi32(four);
}

/// Pairs of products that may exceed 16 bits: vpmaddwd on the even operands, then on the odd ones.
template <int count>
CAIRN_AVX2 void wide_products(const std::uint8_t* rows, std::int64_t pitch, const std::int8_t* w,
                              int groups, std::int32_t* sums) {
  __m256i low[count], high[count];
  for (int p = 0; p < count; ++p)
    low[p] = high[p] = _mm256_setzero_si256();
  const __m256i byte = _mm256_set1_epi16(0xff);
  for (int group = 0; group < groups; ++group, rows += 4, w += 4 * kLanes) {
    const __m256i w_low = load(w), w_high = load(w + 32);
    const __m256i even_low = _mm256_srai_epi16(_mm256_slli_epi16(w_low, 8), 8);
    const __m256i even_high = _mm256_srai_epi16(_mm256_slli_epi16(w_high, 8), 8);
    const __m256i odd_low = _mm256_srai_epi16(w_low, 8), odd_high = _mm256_srai_epi16(w_high, 8);
#pragma GCC unroll 4
    for (int p = 0; p < count; ++p) {
      const __m256i codes = broadcast_four(rows + p * pitch);
      const __m256i even = _mm256_and_si256(codes, byte), odd = _mm256_srli_epi16(codes, 8);
      low[p] = _mm256_add_epi32(low[p], _mm256_add_epi32(_mm256_madd_epi16(even, even_low),
                                                         _mm256_madd_epi16(odd, odd_low)));
      high[p] = _mm256_add_epi32(high[p], _mm256_add_epi32(_mm256_madd_epi16(even, even_high),
                                                           _mm256_madd_epi16(odd, odd_high)));
    }
  }
  for (int p = 0; p < count; ++p) {
    store(sums + p * kTilePitch, low[p]);
    store(sums + p * kTilePitch + 8, high[p]);
  }
}

/// Pairs of products that fit 16 bits: vpmaddubsw; `run` pairs of them still fit.
template <int count>
CAIRN_AVX2 void narrow_products(const std::uint8_t* rows, std::int64_t pitch, const std::int8_t* w,
                                int groups, int run, std::int32_t* sums) {
  __m256i low[count], high[count];
  for (int p = 0; p < count; ++p)
    low[p] = high[p] = _mm256_setzero_si256();
  const __m256i one = _mm256_set1_epi16(1);
  for (int first = 0; first < groups; first += run) {
    __m256i part_low[count], part_high[count];
    for (int p = 0; p < count; ++p)
      part_low[p] = part_high[p] = _mm256_setzero_si256();
    const int last = groups - first < run ? groups : first + run;
    for (int group = first; group < last; ++group, rows += 4, w += 4 * kLanes) {
      const __m256i w_low = load(w), w_high = load(w + 32);
#pragma GCC unroll 4
      for (int p = 0; p < count; ++p) {
        const __m256i codes = broadcast_four(rows + p * pitch);
        part_low[p] = _mm256_add_epi16(part_low[p], _mm256_maddubs_epi16(codes, w_low));
        part_high[p] = _mm256_add_epi16(part_high[p], _mm256_maddubs_epi16(codes, w_high));
      }
    }
    for (int p = 0; p < count; ++p) {
      low[p] = _mm256_add_epi32(low[p], _mm256_madd_epi16(part_low[p], one));
      high[p] = _mm256_add_epi32(high[p], _mm256_madd_epi16(part_high[p], one));
    }
  }
  for (int p = 0; p < count; ++p) {
    store(sums + p * kTilePitch, low[p]);
    store(sums + p * kTilePitch + 8, high[p]);
  }
}

template <int count>
void products_of(const std::uint8_t* rows, std::int64_t pitch, const std::int8_t* w, int groups,
                 int run, std::int32_t* sums) {
  if (run > 0)
    narrow_products<count>(rows, pitch, w, groups, run, sums);
  else
    wide_products<count>(rows, pitch, w, groups, sums);
}

constexpr std::array kProducts = {products_of<1>, products_of<2>, products_of<3>, products_of<4>};

/// Eight channels' rows of 32 weights to eight groups of eight channels.
CAIRN_AVX2 void interleave_8(const std::int8_t* rows, std::int64_t pitch, std::int8_t* block) {
  __m256i r[8], s[8];
  for (int i = 0; i < 8; ++i)
    r[i] = load(rows + i * pitch);
  for (int i = 0; i < 8; i += 2) {
    s[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
    s[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm256_unpacklo_epi64(s[i], s[i + 2]);
    r[i + 1] = _mm256_unpackhi_epi64(s[i], s[i + 2]);
    r[i + 2] = _mm256_unpacklo_epi64(s[i + 1], s[i + 3]);
    r[i + 3] = _mm256_unpackhi_epi64(s[i + 1], s[i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    store(block + i * 64, _mm256_permute2x128_si256(r[i], r[i + 4], 0x20));
    store(block + (i + 4) * 64, _mm256_permute2x128_si256(r[i], r[i + 4], 0x31));
  }
}

}  // namespace

void products_avx2(const OperandRows& rows, const WeightPanel& panel, std::int32_t* sums) {
  const int run = 32'767 / panel.pair_bound;
  for (int block = 0; block < panel.blocks; ++block)
    for (int p = 0; p < rows.count; p += kRows) {
      const int here = rows.count - p < kRows ? rows.count - p : kRows;
      kProducts[static_cast<std::size_t>(here) - 1](
          rows.first + p * rows.pitch, rows.pitch, panel.first + block * panel.block_pitch,
          panel.groups, run, sums + p * kTilePitch + block * kLanes);
    }
}

void interleave_avx2(const std::int8_t* rows, std::int64_t pitch, int groups, std::int8_t* block) {
  int group = 0;
  for (; group + 8 <= groups; group += 8) {
    interleave_8(rows + 4 * group, pitch, block + 4 * group * kLanes);
    interleave_8(rows + 8 * pitch + 4 * group, pitch, block + 4 * group * kLanes + 32);
  }
  if (group < groups)
    kPortableKernels.interleave(rows + 4 * group, pitch, groups - group,
                                block + 4 * group * kLanes);
}

}  // namespace cairn::numbers
