// Eight fields of 1 to 8 bits at a time: between a dense bit stream and the bytes of a 64-bit word.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace cairn::numbers {

constexpr std::uint64_t repeat(std::uint64_t field, int width) {
  std::uint64_t word = 0;
  for (int at = 0; at < 64; at += width)
    word |= field << at;
  return word;
}

constexpr std::uint64_t ones(int bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

/// One step apart: every group of `width` bits at the bottom of its 2 * slot bits is halved, the
/// upper half moving to the upper slot.
template <int width, int slot>
constexpr std::uint64_t halve_groups(std::uint64_t x) {
  constexpr std::uint64_t lower = repeat(ones(width / 2), 2 * slot);
  return (x & lower) | (x << (slot - width / 2) & lower << slot);
}

template <int width, int slot>
constexpr std::uint64_t join_groups(std::uint64_t x) {
  constexpr std::uint64_t lower = repeat(ones(width / 2), 2 * slot);
  return (x & lower) | (x & lower << slot) >> (slot - width / 2);
}

/// 8 * bits dense bits to 8 bytes, each with its field in the low bits; what lies above the dense
/// bits is dropped.
template <int bits>
constexpr std::uint64_t spread(std::uint64_t dense) {
  if constexpr (bits == 8) return dense;
  return halve_groups<2 * bits, 8>(halve_groups<4 * bits, 16>(halve_groups<8 * bits, 32>(dense)));
}

/// The inverse; bits of a byte above its field must be zero.
template <int bits>
constexpr std::uint64_t gather(std::uint64_t bytes) {
  if constexpr (bits == 8) return bytes;
  return join_groups<8 * bits, 32>(join_groups<4 * bits, 16>(join_groups<2 * bits, 8>(bytes)));
}

/// Sign-extends the field of every byte to the byte.
template <int bits>
constexpr std::uint64_t extend_sign(std::uint64_t bytes) {
  constexpr std::uint64_t sign = repeat(1, 8) << (bits - 1);
  constexpr std::uint64_t above = repeat(0xff & ~ones(bits), 8);
  return bytes | (((bytes & sign) >> (bits - 1)) * 0xff & above);
}

/// Reads `count` (1 to 64) bits from `bit` on; touches only the bytes they lie in.
inline std::uint64_t read_bits(const std::uint8_t* bytes, std::uint64_t bit, int count) {
  const std::uint8_t* from = bytes + bit / 8;
  const int skip = static_cast<int>(bit % 8);
  std::uint64_t word = 0;
  std::memcpy(&word, from, static_cast<std::size_t>(std::min(8, (skip + count + 7) / 8)));
  word >>= skip;
  if (skip + count > 64) word |= std::uint64_t{from[8]} << (64 - skip);
  return word & ones(count);
}

/// Writes the low `count` (1 to 64) bits of `value` from `bit` on; every other bit keeps its value.
inline void write_bits(std::uint8_t* bytes, std::uint64_t bit, int count, std::uint64_t value) {
  for (int done = 0; done < count;) {
    std::uint8_t& byte = bytes[(bit + done) / 8];
    const int skip = static_cast<int>((bit + done) % 8);
    const int taken = std::min(8 - skip, count - done);
    const std::uint64_t mask = ones(taken) << skip;
    byte = static_cast<std::uint8_t>((byte & ~mask) | ((value >> done << skip) & mask));
    done += taken;
  }
}

/// std::length_error unless bits [bit, bit + count) lie in `bytes`.
inline void require_bits(std::span<const std::uint8_t> bytes, std::uint64_t bit,
                         std::uint64_t count) {
  const std::uint64_t all = std::uint64_t{bytes.size()} * 8;
  if (bit > all || count > all - bit)
    throw std::length_error("bits to pack or unpack lie outside their bytes");
}

/// Calls visit(index, bytes) for each group of 8 fields of a stream, `bytes` as spread<bits> makes
/// them. `index` steps by 8; the last group may hold fewer than 8 fields, zeros above them.
template <int bits, typename Visit>
void for_each_group(const std::uint8_t* stream, std::uint64_t bit, std::size_t fields,
                    Visit visit) {
  std::size_t i = 0;
  const int skip = static_cast<int>(bit % 8);
  const std::uint8_t* from = stream + bit / 8;
  // 72 bits and more remain: the 9 bytes read here lie in the range.
  for (; i < fields && (fields - i) * bits >= 72; i += 8, from += bits) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    word >>= skip;
    if (bits == 8 && skip != 0) word |= std::uint64_t{from[8]} << (64 - skip);
    visit(i, spread<bits>(word));
  }
  for (; i < fields; i += 8) {
    const int count = static_cast<int>(std::min<std::size_t>(8, fields - i));
    visit(i, spread<bits>(read_bits(stream, bit + i * bits, count * bits)));
  }
}

/// Writes fields groups of 8 at a time; group(index, count) returns up to 8 bytes, zero above their
/// fields.
template <int bits, typename Group>
void write_groups(std::uint8_t* stream, std::uint64_t bit, std::size_t fields, Group group) {
  std::size_t i = 0;
  const int skip = static_cast<int>(bit % 8);
  std::uint8_t* to = stream + bit / 8;
  if (fields >= 8) {
    std::uint64_t carry = *to & ones(skip);
    for (; i + 8 <= fields; i += 8, to += bits) {
      const std::uint64_t dense = gather<bits>(group(i, 8));
      const std::uint64_t word = carry | dense << skip;
      std::memcpy(to, &word, bits);
      if constexpr (bits == 8)
        carry = skip == 0 ? 0 : dense >> (64 - skip);
      else
        carry = word >> (8 * bits);
    }
    if (skip != 0) write_bits(to, 0, skip, carry);
  }
  if (i < fields) {
    const int count = static_cast<int>(fields - i);
    write_bits(stream, bit + i * bits, count * bits, gather<bits>(group(i, count)));
  }
}

/// Calls f with std::integral_constant<int, bits>; bits 1 to 8.
template <typename F>
void with_bits(int bits, F f) {
  switch (bits) {
    case 1:
      return f(std::integral_constant<int, 1>{});
    case 2:
      return f(std::integral_constant<int, 2>{});
    case 3:
      return f(std::integral_constant<int, 3>{});
    case 4:
      return f(std::integral_constant<int, 4>{});
    case 5:
      return f(std::integral_constant<int, 5>{});
    case 6:
      return f(std::integral_constant<int, 6>{});
    case 7:
      return f(std::integral_constant<int, 7>{});
    case 8:
      return f(std::integral_constant<int, 8>{});
    default:
      throw std::invalid_argument("fields of " + std::to_string(bits) + " bits");
  }
}

}  // namespace cairn::numbers
