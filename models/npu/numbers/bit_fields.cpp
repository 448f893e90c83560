#include "models/npu/numbers/bit_fields.hpp"

#include <immintrin.h>

#include <algorithm>

#include "models/npu/numbers/bit_groups.hpp"

namespace cairn::numbers {

namespace {

constexpr std::uint64_t kEach = repeat(1, 8);

/// (field ^ flip) - less in every byte.
constexpr std::uint64_t decoded(std::uint64_t group, std::uint64_t flips, std::uint64_t less) {
  group ^= flips;
  return less == 0 ? group : ((group | 0x80 * kEach) - less) ^ 0x80 * kEach;
}

void expand_portable(const std::uint8_t* bytes, std::uint64_t bit, int bits, std::size_t count,
                     std::uint64_t flips, std::uint64_t less, std::uint8_t* out) {
  with_bits(bits, [&](auto width) {
    for_each_group<width>(bytes, bit, count, [&](std::size_t at, std::uint64_t group) {
      group = decoded(group, flips, less);
      std::memcpy(out + at, &group, std::min<std::size_t>(8, count - at));
    });
  });
}

void collapse_portable(const std::uint8_t* fields, std::size_t count, std::uint64_t flips,
                       std::uint8_t* bytes, std::uint64_t bit, int bits) {
  with_bits(bits, [&](auto width) {
    write_groups<width>(bytes, bit, count, [&](std::size_t at, int here) {
      std::uint64_t group = 0;
      std::memcpy(&group, fields + at, static_cast<std::size_t>(here));
      return (group ^ flips) & repeat(ones(width), 8) & ones(8 * here);
    });
  });
}

/// Eight fields at a time with pdep; returns how many it did. 72 bits and more remain at each: the
/// bytes read lie in the range.
[[gnu::target("bmi2")]] std::size_t expand_bmi2(const std::uint8_t* bytes, std::uint64_t bit,
                                                int bits, std::size_t count, std::uint64_t flips,
                                                std::uint64_t less, std::uint8_t* out) {
  const std::uint64_t mask = ones(bits) * kEach;
  const std::uint8_t* from = bytes + bit / 8;
  const int skip = static_cast<int>(bit % 8);
  std::size_t i = 0;
  for (; i < count && (count - i) * bits >= 72; i += 8, from += bits) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    word >>= skip;
    if (bits == 8 && skip != 0) word |= std::uint64_t{from[8]} << (64 - skip);
    const std::uint64_t group = decoded(_pdep_u64(word, mask), flips, less);
    std::memcpy(out + i, &group, 8);
  }
  return i;
}

/// Eight fields at a time with pext, from a byte boundary on; the bytes written lie in the range.
[[gnu::target("bmi2")]] std::size_t collapse_bmi2(const std::uint8_t* fields, std::size_t count,
                                                  std::uint64_t flips, std::uint8_t* bytes,
                                                  std::uint64_t bit, int bits) {
  if (bit % 8 != 0) return 0;
  const std::uint64_t mask = ones(bits) * kEach;
  std::uint8_t* to = bytes + bit / 8;
  std::size_t i = 0;
  for (; i < count && (count - i) * bits >= 64; i += 8, to += bits) {
    std::uint64_t group = 0;
    std::memcpy(&group, fields + i, 8);
    const std::uint64_t word = _pext_u64(group ^ flips, mask);
    std::memcpy(to, &word, 8);  // the bits above are written by the next
  }
  return i;
}

}  // namespace

void expand_fields(const std::uint8_t* bytes, std::uint64_t bit, int bits, std::size_t count,
                   std::uint8_t flip, std::uint8_t less, std::uint8_t* out,
                   InstructionSet instructions) {
  std::size_t done = 0;
  if (instructions >= InstructionSet::avx512_vnni)
    done = expand_avx512(bytes, bit, bits, count, flip, less, out);
  if (done == count) return;
  if (instructions >= InstructionSet::avx2)
    done += expand_bmi2(bytes, bit + done * bits, bits, count - done, flip * kEach, less * kEach,
                        out + done);
  expand_portable(bytes, bit + done * bits, bits, count - done, flip * kEach, less * kEach,
                  out + done);
}

void collapse_fields(const std::uint8_t* fields, std::size_t count, std::uint8_t flip,
                     std::uint8_t* bytes, std::uint64_t bit, int bits,
                     InstructionSet instructions) {
  std::size_t done = 0;
  if (instructions >= InstructionSet::avx512_vnni)
    done = collapse_avx512(fields, count, flip, bytes, bit, bits);
  if (done == count) return;
  if (instructions >= InstructionSet::avx2)
    done +=
        collapse_bmi2(fields + done, count - done, flip * kEach, bytes, bit + done * bits, bits);
  collapse_portable(fields + done, count - done, flip * kEach, bytes, bit + done * bits, bits);
}

}  // namespace cairn::numbers
