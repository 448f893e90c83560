// Features between integers and packed bit streams, in plain memory and in a ring.
#include <array>
#include <bit>

#include "models/npu/numbers/bit_groups.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/ring_range.hpp"

namespace cairn::numbers {

static_assert(std::endian::native == std::endian::little);

namespace {

/// Eight of T, for element-wise arithmetic without a loop.
template <typename T>
using Eight [[gnu::vector_size(8 * sizeof(T))]] = T;

template <int bits, bool is_signed, typename T>
void unpack(const std::uint8_t* bytes, std::uint64_t bit, std::span<T> out) {
  constexpr T sign = is_signed ? 1 << (bits - 1) : 0;
  for_each_group<bits>(bytes, bit, out.size(), [&](std::size_t at, std::uint64_t group) {
    const auto fields = std::bit_cast<Eight<std::uint8_t>>(group);
    const Eight<T> features = (__builtin_convertvector(fields, Eight<T>) ^ sign) - sign;
    if (at + 8 <= out.size())
      std::memcpy(out.data() + at, &features, sizeof features);
    else
      std::memcpy(out.data() + at, &features, (out.size() - at) * sizeof(T));
  });
}

template <typename T>
void unpack_narrow(std::span<const std::uint8_t> bytes, std::uint64_t bit, const FeatureType& type,
                   std::span<T> out) {
  require_bits(bytes, bit, std::uint64_t{out.size()} * type.bits);
  with_bits(type.bits, [&](auto bits) {
    if (type.is_signed)
      unpack<bits, true>(bytes.data(), bit, out);
    else
      unpack<bits, false>(bytes.data(), bit, out);
  });
}

template <int bits>
void pack(std::span<const std::int32_t> features, std::uint8_t* bytes, std::uint64_t bit) {
  write_groups<bits>(bytes, bit, features.size(), [&](std::size_t at, int count) {
    std::array<std::uint8_t, 8> fields{};
    const std::int32_t* from = features.data() + at;
    if (count == 8)
      for (int i = 0; i < 8; ++i)
        fields[i] = static_cast<std::uint8_t>(from[i]);
    else
      for (int i = 0; i < count; ++i)
        fields[i] = static_cast<std::uint8_t>(from[i]);
    return std::bit_cast<std::uint64_t>(fields) & repeat(ones(bits), 8);
  });
}

template <typename T>
void unpack_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                 std::uint64_t bit_offset, const FeatureType& type, std::span<T> out) {
  const RingRange range(ring.size(), ring_bits, bit_offset, type.bits, out.size());
  unpack_features(ring, range.bit, type, out.first(range.before));
  if (range.across != 0) {
    std::array<std::uint8_t, 4> joined{};
    write_bits(joined.data(), 0, range.across,
               read_bits(ring.data(), ring_bits - range.across, range.across));
    write_bits(joined.data(), range.across, type.bits - range.across,
               read_bits(ring.data(), 0, type.bits - range.across));
    unpack_features(joined, 0, type, out.subspan(range.before, 1));
  }
  unpack_features(ring, range.after_bit, type, out.subspan(range.after()));
}

}  // namespace

void unpack_features(std::span<const std::uint8_t> bytes, std::uint64_t bit_offset,
                     const FeatureType& type, std::span<std::int16_t> out) {
  unpack_narrow(bytes, bit_offset, type, out);
}

void unpack_features(std::span<const std::uint8_t> bytes, std::uint64_t bit_offset,
                     const FeatureType& type, std::span<std::int32_t> out) {
  if (type.bits != kAccumulatorBits) return unpack_narrow(bytes, bit_offset, type, out);
  require_bits(bytes, bit_offset, std::uint64_t{out.size()} * kAccumulatorBits);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::int32_t>(
        read_bits(bytes.data(), bit_offset + i * kAccumulatorBits, kAccumulatorBits));
}

void pack_features(std::span<const std::int32_t> features, const FeatureType& type,
                   std::span<std::uint8_t> bytes, std::uint64_t bit_offset) {
  require_bits(bytes, bit_offset, std::uint64_t{features.size()} * type.bits);
  if (type.bits != kAccumulatorBits)
    return with_bits(type.bits, [&](auto bits) { pack<bits>(features, bytes.data(), bit_offset); });
  for (std::size_t i = 0; i < features.size(); ++i)
    write_bits(bytes.data(), bit_offset + i * kAccumulatorBits, kAccumulatorBits,
               static_cast<std::uint32_t>(features[i]));
}

void unpack_features_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                          std::uint64_t bit_offset, const FeatureType& type,
                          std::span<std::int16_t> out) {
  unpack_ring(ring, ring_bits, bit_offset, type, out);
}

void unpack_features_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                          std::uint64_t bit_offset, const FeatureType& type,
                          std::span<std::int32_t> out) {
  unpack_ring(ring, ring_bits, bit_offset, type, out);
}

void pack_features_ring(std::span<const std::int32_t> features, const FeatureType& type,
                        std::span<std::uint8_t> ring, std::uint64_t ring_bits,
                        std::uint64_t bit_offset) {
  const RingRange range(ring.size(), ring_bits, bit_offset, type.bits, features.size());
  pack_features(features.first(range.before), type, ring, range.bit);
  if (range.across != 0) {
    const auto value = static_cast<std::uint32_t>(features[range.before]);
    write_bits(ring.data(), ring_bits - range.across, range.across, value);
    write_bits(ring.data(), 0, type.bits - range.across, value >> range.across);
  }
  pack_features(features.subspan(range.after()), type, ring, range.after_bit);
}

}  // namespace cairn::numbers
