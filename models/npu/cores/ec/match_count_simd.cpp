// Match counting with AVX2 and with AVX-512 VPOPCNTDQ: a register holds one word of several
// channels.
#include <immintrin.h>

#include <bit>

#include "models/npu/cores/ec/match_count.hpp"

namespace cairn::npu::ec {

namespace {

constexpr int kAvx2Channels = 4, kAvx512Channels = 8;
constexpr int kByteSums = 31;  // of up to 8 ones each: below 256

/// Ones of each byte.
[[gnu::target("avx2")]] inline __m256i ones(__m256i x) {
  const __m256i of_nibble = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1,
                                             1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(15);
  return _mm256_add_epi8(
      _mm256_shuffle_epi8(of_nibble, _mm256_and_si256(x, low)),
      _mm256_shuffle_epi8(of_nibble, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
}

}  // namespace

[[gnu::target("avx2,popcnt")]] MatchCount count_avx2(const EntryBits& b, const CountingPlan& plan) {
  MatchCount sum;
  const __m256i zero = _mm256_setzero_si256();
  __m256i matches = zero, bytes = zero;
  int pending = 0;
  for (int chunk = 0; chunk < b.chunks; ++chunk) {
    const std::uint64_t* features = b.features + chunk * plan.features * b.words;
    const std::uint64_t* weights =
        b.weights + std::int64_t{chunk} * plan.weights * b.words * b.pitch;
    for (int channel = 0; channel < b.channels; channel += kAvx2Channels) {
      unsigned dots = 0;
      for (const std::vector<PlanePair>& pairs : plan.classes) {
        __m256i found = zero;
        for (const PlanePair& pair : pairs)
          for (int w = 0; w < b.words; ++w) {
            const auto feature = static_cast<long long>(features[pair.feature * b.words + w]);
            const __m256i x =
                _mm256_and_si256(_mm256_set1_epi64x(feature),
                                 _mm256_loadu_si256(reinterpret_cast<const __m256i*>(
                                     weights + (pair.weight * b.words + w) * b.pitch + channel)));
            found = _mm256_or_si256(found, x);
            bytes = _mm256_add_epi8(bytes, ones(x));
            if (++pending < kByteSums) continue;
            matches = _mm256_add_epi64(matches, _mm256_sad_epu8(bytes, zero));
            bytes = zero;
            pending = 0;
          }
        const auto none = static_cast<unsigned>(
            _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(found, zero))));
        const unsigned some = ~none & 0xf;
        sum.searches += static_cast<unsigned>(std::popcount(some));
        dots |= some;
      }
      sum.dots += static_cast<unsigned>(std::popcount(dots));
    }
  }
  matches = _mm256_add_epi64(matches, _mm256_sad_epu8(bytes, zero));
  alignas(32) std::uint64_t lanes[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), matches);
  for (const std::uint64_t lane : lanes)
    sum.matches += lane;
  return sum;
}

[[gnu::target("avx512f,avx512vpopcntdq,popcnt")]] MatchCount count_avx512(
    const EntryBits& b, const CountingPlan& plan) {
  MatchCount sum;
  const __m512i zero = _mm512_setzero_si512();
  __m512i matches = zero;
  for (int chunk = 0; chunk < b.chunks; ++chunk) {
    const std::uint64_t* features = b.features + chunk * plan.features * b.words;
    const std::uint64_t* weights =
        b.weights + std::int64_t{chunk} * plan.weights * b.words * b.pitch;
    for (int channel = 0; channel < b.channels; channel += kAvx512Channels) {
      unsigned dots = 0;
      for (const std::vector<PlanePair>& pairs : plan.classes) {
        __m512i found = zero;
        for (const PlanePair& pair : pairs)
          for (int w = 0; w < b.words; ++w) {
            const auto feature = static_cast<long long>(features[pair.feature * b.words + w]);
            const __m512i x = _mm512_and_si512(
                _mm512_set1_epi64(feature),
                _mm512_loadu_si512(weights + (pair.weight * b.words + w) * b.pitch + channel));
            found = _mm512_or_si512(found, x);
            matches = _mm512_add_epi64(matches, _mm512_popcnt_epi64(x));
          }
        const unsigned some = _mm512_test_epi64_mask(found, found);
        sum.searches += static_cast<unsigned>(std::popcount(some));
        dots |= some;
      }
      sum.dots += static_cast<unsigned>(std::popcount(dots));
    }
  }
  alignas(64) std::uint64_t lanes[8];
  _mm512_store_si512(lanes, matches);
  for (const std::uint64_t lane : lanes)
    sum.matches += lane;
  return sum;
}

}  // namespace cairn::npu::ec
