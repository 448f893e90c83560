// Features between codes and packed bit streams in a ring.
#include <array>
#include <bit>

#include "models/npu/numbers/bit_groups.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/ring_range.hpp"

namespace cairn::numbers {

namespace {

/// Two's complement has its sign bit flipped: the lowest feature is code 0.
std::uint64_t flipped(const FeatureType& type) {
  return type.is_signed ? repeat(1, 8) << (type.bits - 1) : 0;
}

void unpack(const std::uint8_t* bytes, std::uint64_t bit, const FeatureType& type,
            std::span<std::uint8_t> codes) {
  const std::uint64_t flip = flipped(type);
  with_bits(type.bits, [&](auto bits) {
    for_each_group<bits>(bytes, bit, codes.size(), [&](std::size_t at, std::uint64_t group) {
      group ^= flip;
      std::memcpy(codes.data() + at, &group, std::min<std::size_t>(8, codes.size() - at));
    });
  });
}

void pack(std::span<const std::uint8_t> codes, const FeatureType& type, std::uint8_t* bytes,
          std::uint64_t bit) {
  const std::uint64_t flip = flipped(type);
  with_bits(type.bits, [&](auto bits) {
    write_groups<bits>(bytes, bit, codes.size(), [&](std::size_t at, int count) {
      std::uint64_t group = 0;
      std::memcpy(&group, codes.data() + at, static_cast<std::size_t>(count));
      return (group ^ flip) & repeat(ones(bits), 8) & ones(8 * count);
    });
  });
}

/// The feature that lies across the ring's end, as bytes of its own.
std::uint64_t read_across(const RingRange& range, std::span<const std::uint8_t> ring,
                          std::uint64_t ring_bits, int bits) {
  return read_bits(ring.data(), ring_bits - range.across, range.across) |
         read_bits(ring.data(), 0, bits - range.across) << range.across;
}

}  // namespace

void unpack_codes_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                       std::uint64_t bit_offset, const FeatureType& type,
                       std::span<std::uint8_t> codes) {
  const RingRange range(ring.size(), ring_bits, bit_offset, type.bits, codes.size());
  unpack(ring.data(), range.bit, type, codes.first(range.before));
  if (range.across != 0) {
    const std::uint64_t field = read_across(range, ring, ring_bits, type.bits);
    codes[range.before] = static_cast<std::uint8_t>((field ^ flipped(type)) & ones(type.bits));
  }
  unpack(ring.data(), range.after_bit, type, codes.subspan(range.after()));
}

void pack_codes_ring(std::span<const std::uint8_t> codes, const FeatureType& type,
                     std::span<std::uint8_t> ring, std::uint64_t ring_bits,
                     std::uint64_t bit_offset) {
  const RingRange range(ring.size(), ring_bits, bit_offset, type.bits, codes.size());
  pack(codes.first(range.before), type, ring.data(), range.bit);
  if (range.across != 0) {
    const std::uint64_t field = codes[range.before] ^ flipped(type);
    write_bits(ring.data(), ring_bits - range.across, range.across, field);
    write_bits(ring.data(), 0, type.bits - range.across, field >> range.across);
  }
  pack(codes.subspan(range.after()), type, ring.data(), range.after_bit);
}

}  // namespace cairn::numbers
