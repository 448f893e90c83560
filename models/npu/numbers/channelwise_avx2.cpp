// Sums and maxima channel by channel for AVX2.
#include <array>

#include "models/npu/numbers/avx2.hpp"
#include "models/npu/numbers/kernels_avx2.hpp"

namespace cairn::numbers {

namespace {

CAIRN_AVX2 inline __m128i load_lanes(const std::uint8_t* codes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes));
}

/// `count` pixels x kLanes channels: each weight is loaded once for all of them.
template <int count>
CAIRN_AVX2 void sums_of(const std::uint8_t* const* pixels, const TapWindow& window,
                        std::int32_t* sums) {
  __m256i low[count], high[count];  // channels 0-3 and 8-11, 4-7 and 12-15
  for (int p = 0; p < count; ++p)
    low[p] = high[p] = _mm256_setzero_si256();
  const std::int16_t* w = window.weights;
  for (std::int64_t pair = 0; pair < window.pairs; ++pair, w += 2 * kLanes) {
    const __m256i w_low = load(w), w_high = load(w + kLanes);
    const std::int64_t first = window.taps[2 * pair], second = window.taps[2 * pair + 1];
#pragma GCC unroll 4
    for (int p = 0; p < count; ++p) {
      const __m256i a = _mm256_cvtepu8_epi16(load_lanes(pixels[p] + first));
      const __m256i b = _mm256_cvtepu8_epi16(load_lanes(pixels[p] + second));
      low[p] = _mm256_add_epi32(low[p], _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), w_low));
      high[p] = _mm256_add_epi32(high[p], _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), w_high));
    }
  }
  for (int p = 0; p < count; ++p) {
    store(sums + p * kTilePitch, _mm256_permute2x128_si256(low[p], high[p], 0x20));
    store(sums + p * kTilePitch + 8, _mm256_permute2x128_si256(low[p], high[p], 0x31));
  }
}

constexpr std::array kSums = {sums_of<1>, sums_of<2>, sums_of<3>, sums_of<4>};
constexpr int kPixels = static_cast<int>(kSums.size());

}  // namespace

void channel_sums_avx2(const std::uint8_t* const* pixels, int count, const TapWindow& window,
                       std::int32_t* sums) {
  for (int p = 0; p < count; p += kPixels) {
    const int here = count - p < kPixels ? count - p : kPixels;
    kSums[static_cast<std::size_t>(here) - 1](pixels + p, window, sums + p * kTilePitch);
  }
}

CAIRN_AVX2 void largest_avx2(const std::uint8_t* pixel, const std::int64_t* taps, int count,
                             std::uint8_t* out) {
  __m128i most = load_lanes(pixel + taps[0]);
  for (int tap = 1; tap < count; ++tap)
    most = _mm_max_epu8(most, load_lanes(pixel + taps[tap]));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), most);
}

}  // namespace cairn::numbers
