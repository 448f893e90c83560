// Kernels for AVX2: vpmaddwd multiplies 16-bit pairs and adds each pair exactly.
#include <array>
#include <cstring>
#include <utility>

#include "models/npu/numbers/avx2.hpp"
#include "models/npu/numbers/kernels.hpp"

namespace cairn::numbers {

namespace {

/// A pair of operands in every 32-bit lane.
CAIRN_AVX2 __m256i broadcast_pair(const std::int16_t* pair) {
  std::int32_t both = 0;
  std::memcpy(&both, pair, sizeof both);
  return _mm256_set1_epi32(both);
}

/// `count` pixels x kLanes channels, all sums in registers: 6 pixels take 12 of the 16.
template <int count>
CAIRN_AVX2 void convolve_tile(const Tile& tile, const PairedWindow& window,
                              const std::int16_t* weights, std::int32_t* sums) {
  __m256i low[count], high[count];
  for (int p = 0; p < count; ++p)
    low[p] = high[p] = _mm256_setzero_si256();
  const std::int16_t* pixels[count];
  for (int p = 0; p < count; ++p)
    pixels[p] = tile.pixels[p];
  for (int row = 0; row < window.rows; ++row) {
    const std::int64_t begin = row * window.row_pitch, end = begin + 2 * std::int64_t{window.pairs};
    for (std::int64_t i = begin; i < end; i += 2, weights += 2 * kLanes) {
      const __m256i w_low = load(weights), w_high = load(weights + kLanes);
#pragma GCC unroll 8
      for (int p = 0; p < count; ++p) {
        const __m256i a = broadcast_pair(pixels[p] + i);
        low[p] = _mm256_add_epi32(low[p], _mm256_madd_epi16(a, w_low));
        high[p] = _mm256_add_epi32(high[p], _mm256_madd_epi16(a, w_high));
      }
    }
  }
  for (int p = 0; p < count; ++p) {
    store(sums + p * kLanes, low[p]);
    store(sums + p * kLanes + 8, high[p]);
  }
}

void convolve(const Tile& tile, const PairedWindow& window, const std::int16_t* weights, int,
              std::int32_t* sums) {
  constexpr std::array kTiles = {convolve_tile<1>, convolve_tile<2>, convolve_tile<3>,
                                 convolve_tile<4>, convolve_tile<5>, convolve_tile<6>};
  kTiles[tile.count - 1](tile, window, weights, sums);
}

/// `count` pixels x kLanes channels: each weight is loaded once for all of them.
template <int count>
CAIRN_AVX2 void convolve_channels_tile(const Tile& tile, const TapWindow& window,
                                       const std::int16_t* weights, std::int32_t* sums) {
  __m256i low[count], high[count];  // channels 0-3 and 8-11, 4-7 and 12-15
  for (int p = 0; p < count; ++p)
    low[p] = high[p] = _mm256_setzero_si256();
  const std::int16_t* pixels[count];
  for (int p = 0; p < count; ++p)
    pixels[p] = tile.pixels[p];
  for (std::int64_t pair = 0; pair < window.pairs; ++pair, weights += 2 * kLanes) {
    const __m256i w_low = load(weights), w_high = load(weights + kLanes);
    const std::int64_t first = window.taps[2 * pair], second = window.taps[2 * pair + 1];
#pragma GCC unroll 8
    for (int p = 0; p < count; ++p) {
      const __m256i a = load(pixels[p] + first), b = load(pixels[p] + second);
      low[p] = _mm256_add_epi32(low[p], _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), w_low));
      high[p] = _mm256_add_epi32(high[p], _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), w_high));
    }
  }
  for (int p = 0; p < count; ++p) {
    store(sums + p * kLanes, _mm256_permute2x128_si256(low[p], high[p], 0x20));
    store(sums + p * kLanes + 8, _mm256_permute2x128_si256(low[p], high[p], 0x31));
  }
}

void convolve_channels(const Tile& tile, const TapWindow& window, const std::int16_t* weights,
                       std::int32_t* sums) {
  constexpr std::array kTiles = {convolve_channels_tile<1>, convolve_channels_tile<2>,
                                 convolve_channels_tile<3>, convolve_channels_tile<4>};
  kTiles[tile.count - 1](tile, window, weights, sums);
}

CAIRN_AVX2 void largest(const Tile& tile, const TapWindow& window, std::int32_t* result) {
  for (int p = 0; p < tile.count; ++p, result += kLanes) {
    __m256i most = load(tile.pixels[p] + window.taps[0]);
    for (int tap = 1; tap < 2 * window.pairs; ++tap)
      most = _mm256_max_epi16(most, load(tile.pixels[p] + window.taps[tap]));
    store(result, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(most)));
    store(result + 8, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(most, 1)));
  }
}

}  // namespace

const Kernels kAvx2Kernels = {6, 1, 4, convolve, convolve_channels, largest, requantise_avx2};

}  // namespace cairn::numbers
