// The convolution for AVX-512 with VNNI: vpdpwssd multiplies, adds each pair and accumulates in one
// instruction.
#include <immintrin.h>

#include <array>
#include <cstring>

#include "models/npu/numbers/kernels.hpp"

namespace cairn::numbers {

namespace {

/// `count` pixels x `blocks` channel blocks: 8 x 2 sums take 16 of the 32 registers.
template <int count, int blocks>
[[gnu::target("avx512f,avx512vnni")]] void convolve_tile(const Tile& tile,
                                                         const PairedWindow& window,
                                                         const std::int16_t* weights,
                                                         std::int32_t* sums) {
  __m512i total[blocks][count];
  const std::int16_t* pixels[count];
  for (int p = 0; p < count; ++p) {
    pixels[p] = tile.pixels[p];
    for (int b = 0; b < blocks; ++b)
      total[b][p] = _mm512_setzero_si512();
  }
  for (int row = 0; row < window.rows; ++row) {
    const std::int64_t begin = row * window.row_pitch, end = begin + 2 * std::int64_t{window.pairs};
    for (std::int64_t i = begin; i < end; i += 2, weights += 2 * kLanes) {
      __m512i w[blocks];
#pragma GCC unroll 2
      for (int b = 0; b < blocks; ++b)
        w[b] = _mm512_loadu_si512(weights + b * window.block_weights);
#pragma GCC unroll 8
      for (int p = 0; p < count; ++p) {
        std::int32_t pair = 0;
        std::memcpy(&pair, pixels[p] + i, sizeof pair);
        const __m512i a = _mm512_set1_epi32(pair);
#pragma GCC unroll 2
        for (int b = 0; b < blocks; ++b)
          total[b][p] = _mm512_dpwssd_epi32(total[b][p], a, w[b]);
      }
    }
  }
  for (int b = 0; b < blocks; ++b)
    for (int p = 0; p < count; ++p)
      _mm512_storeu_si512(sums + (b * count + p) * kLanes, total[b][p]);
}

template <int blocks>
constexpr std::array kTiles = {convolve_tile<1, blocks>, convolve_tile<2, blocks>,
                               convolve_tile<3, blocks>, convolve_tile<4, blocks>,
                               convolve_tile<5, blocks>, convolve_tile<6, blocks>,
                               convolve_tile<7, blocks>, convolve_tile<8, blocks>};

}  // namespace

void convolve_avx512(const Tile& tile, const PairedWindow& window, const std::int16_t* weights,
                     int blocks, std::int32_t* sums) {
  const auto& tiles = blocks == 2 ? kTiles<2> : kTiles<1>;
  tiles[tile.count - 1](tile, window, weights, sums);
}

}  // namespace cairn::numbers
