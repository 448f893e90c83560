// Weights as they lie in the weight SRAM.
#include <array>
#include <bit>

#include "models/npu/numbers/bit_groups.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::numbers {

namespace {

void require_count(std::size_t weights, const Layer& layer) {
  if (weights != static_cast<std::size_t>(layer.weight_count()))
    throw std::length_error("weights do not match their layer");
}

/// The encoding of binary weights is their value, halved and rounded up: 0 is -1, 1 is +1.
template <int bits, bool is_binary>
std::uint64_t decode(std::uint64_t group) {
  // Per byte 1 stays 1, 0 becomes 0xff.
  if constexpr (is_binary) return group | (group ^ repeat(1, 8)) * 0xff;
  return extend_sign<bits>(group);
}

template <int bits, bool is_binary>
void unpack(const std::uint8_t* bytes, std::uint64_t bit, std::span<std::int8_t> out) {
  for_each_group<bits>(bytes, bit, out.size(), [&](std::size_t at, std::uint64_t group) {
    const std::uint64_t decoded = decode<bits, is_binary>(group);
    std::memcpy(out.data() + at, &decoded, std::min<std::size_t>(8, out.size() - at));
  });
}

template <int bits, bool is_binary>
void pack(std::span<const std::int8_t> weights, std::uint8_t* bytes) {
  write_groups<bits>(bytes, 0, weights.size(), [&](std::size_t at, int count) {
    std::array<std::uint8_t, 8> fields{};
    for (int i = 0; i < count; ++i)
      fields[i] =
          static_cast<std::uint8_t>(is_binary ? weights[at + i] > 0 : weights[at + i] & ones(bits));
    return std::bit_cast<std::uint64_t>(fields);
  });
}

}  // namespace

std::size_t weight_bytes(const Layer& layer) {
  const std::int64_t bits = layer.weight_count() * layer.weight_bits;
  return static_cast<std::size_t>((bits + 63) / 64 * 8);
}

void unpack_weights(std::span<const std::uint8_t> bytes, const Layer& layer,
                    std::span<std::int8_t> weights) {
  require_count(weights.size(), layer);
  unpack_weights(bytes, 0, layer, weights);
}

void unpack_weights(std::span<const std::uint8_t> bytes, std::uint64_t bit_offset,
                    const Layer& layer, std::span<std::int8_t> weights) {
  if (weights.empty()) return;
  require_bits(bytes, bit_offset, std::uint64_t{weights.size()} * layer.weight_bits);
  if (layer.weight_encoding == WeightEncoding::binary)
    return unpack<1, true>(bytes.data(), bit_offset, weights);
  with_bits(layer.weight_bits,
            [&](auto bits) { unpack<bits, false>(bytes.data(), bit_offset, weights); });
}

void pack_weights(std::span<const std::int8_t> weights, const Layer& layer,
                  std::span<std::uint8_t> bytes) {
  require_count(weights.size(), layer);
  if (weights.empty()) return;
  require_bits(bytes, 0, std::uint64_t{weight_bytes(layer)} * 8);
  std::fill_n(bytes.begin(), weight_bytes(layer), std::uint8_t{0});
  if (layer.weight_encoding == WeightEncoding::binary) return pack<1, true>(weights, bytes.data());
  with_bits(layer.weight_bits, [&](auto bits) { pack<bits, false>(weights, bytes.data()); });
}

}  // namespace cairn::numbers
