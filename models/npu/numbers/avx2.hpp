// What the AVX2 kernels share. For their two files only.
#pragma once

#include <immintrin.h>

/// On each function that uses AVX2: the rest of the program stays runnable without it.
#define CAIRN_AVX2 [[gnu::target("avx2,bmi2")]]

namespace cairn::numbers {

CAIRN_AVX2 inline __m256i load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

CAIRN_AVX2 inline void store(void* to, __m256i value) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), value);
}

}  // namespace cairn::numbers
