// Bit fields with AVX-512 VBMI: vpmultishiftqb picks eight fields from each 64 bits.
#include <immintrin.h>

#include <algorithm>
#include <array>

#include "models/npu/numbers/bit_fields.hpp"
#include "models/npu/numbers/kernels_avx512.hpp"

namespace cairn::numbers {

namespace {

constexpr std::size_t kFields = 64;

struct alignas(64) Bytes {
  std::array<std::uint8_t, 64> at{};
};

/// Of each byte: which byte of the source goes there. Each 64 bits get those that hold their
/// fields.
constexpr Bytes expand_places(int bits) {
  Bytes places;
  for (int i = 0; i < 64; ++i)
    places.at[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i / 8 * bits + i % 8);
  return places;
}

/// How far the 64 bits are turned for each byte, the first field being at bit 0.
constexpr Bytes expand_shifts(int bits) {
  Bytes shifts;
  for (int i = 0; i < 64; ++i)
    shifts.at[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i % 8 * bits);
  return shifts;
}

/// The low `bits` bytes of each 64 bits, side by side.
constexpr Bytes collapse_places(int bits) {
  Bytes places;
  for (int i = 0; i < 8 * bits; ++i)
    places.at[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i / bits * 8 + i % bits);
  return places;
}

template <Bytes (*make)(int)>
constexpr std::array<Bytes, 9> kByBits = {Bytes(), make(1), make(2), make(3), make(4),
                                          make(5), make(6), make(7), make(8)};

CAIRN_AVX512 inline __m512i load(const Bytes& bytes) {
  return _mm512_load_si512(bytes.at.data());
}

constexpr __mmask64 first_bytes(std::size_t count) {
  return count >= 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
}

CAIRN_AVX512 std::size_t flip_bytes(const std::uint8_t* from, std::size_t count, std::uint8_t flip,
                                    std::uint8_t* to) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
  for (std::size_t i = 0; i < count; i += kFields) {
    const __mmask64 here = first_bytes(count - i);
    const __m512i bytes = _mm512_maskz_loadu_epi8(here, from + i);
    _mm512_mask_storeu_epi8(to + i, here, _mm512_xor_si512(bytes, flips));
  }
  return count;
}

}  // namespace

CAIRN_AVX512 std::size_t expand_avx512(const std::uint8_t* bytes, std::uint64_t bit, int bits,
                                       std::size_t count, std::uint8_t flip, std::uint8_t less,
                                       std::uint8_t* out) {
  const std::uint8_t* from = bytes + bit / 8;
  const int skip = static_cast<int>(bit % 8);
  if (bits == 8) return skip == 0 && less == 0 ? flip_bytes(from, count, flip, out) : 0;
  const auto width = static_cast<std::size_t>(bits);
  const __m512i places = load(kByBits<expand_places>[width]);
  const __m512i shifts = _mm512_add_epi8(load(kByBits<expand_shifts>[width]),
                                         _mm512_set1_epi8(static_cast<char>(skip)));
  const __m512i mask = _mm512_set1_epi8(static_cast<char>((1 << bits) - 1));
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip)),
                lesses = _mm512_set1_epi8(static_cast<char>(less));
  for (std::size_t i = 0; i < count; i += kFields, from += 8 * bits) {
    const std::size_t here = std::min(kFields, count - i);
    const std::size_t size = (here * static_cast<std::size_t>(bits) + skip + 7) / 8;
    const __m512i packed = _mm512_maskz_loadu_epi8(first_bytes(size), from);
    const __m512i fields =
        _mm512_multishift_epi64_epi8(shifts, _mm512_permutexvar_epi8(places, packed));
    const __m512i decoded =
        _mm512_sub_epi8(_mm512_xor_si512(_mm512_and_si512(fields, mask), flips), lesses);
    _mm512_mask_storeu_epi8(out + i, first_bytes(here), decoded);
  }
  return count;
}

CAIRN_AVX512 std::size_t collapse_avx512(const std::uint8_t* fields, std::size_t count,
                                         std::uint8_t flip, std::uint8_t* bytes, std::uint64_t bit,
                                         int bits) {
  if (bit % 8 != 0 || bits == 7) return 0;
  std::uint8_t* to = bytes + bit / 8;
  if (bits == 8) return flip_bytes(fields, count, flip, to);
  const __m512i places = load(kByBits<collapse_places>[static_cast<std::size_t>(bits)]);
  const __m512i mask = _mm512_set1_epi8(static_cast<char>((1 << bits) - 1));
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
  const __m512i pairs = _mm512_set1_epi16(static_cast<short>(1 << bits << 8 | 1));
  const __m512i fours = _mm512_set1_epi32(1 << 2 * bits << 16 | 1);
  const __m512i low = _mm512_set1_epi64(0xffffffff);
  const __m128i half = _mm_cvtsi32_si128(32 - 4 * bits);
  const std::size_t whole = count / 8 * 8;
  for (std::size_t i = 0; i < whole; i += kFields, to += 8 * bits) {
    const std::size_t here = std::min(kFields, whole - i);
    const __m512i own = _mm512_maskz_loadu_epi8(first_bytes(here), fields + i);
    const __m512i x = _mm512_and_si512(_mm512_xor_si512(own, flips), mask);
    const __m512i four = _mm512_madd_epi16(_mm512_maddubs_epi16(x, pairs), fours);
    const __m512i eight = _mm512_or_si512(_mm512_and_si512(four, low),
                                          _mm512_srl_epi64(_mm512_andnot_si512(low, four), half));
    _mm512_mask_storeu_epi8(to, first_bytes(here / 8 * static_cast<std::size_t>(bits)),
                            _mm512_permutexvar_epi8(places, eight));
  }
  return whole;
}

}  // namespace cairn::numbers
