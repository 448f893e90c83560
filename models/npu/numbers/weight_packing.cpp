// Weights as they lie in the weight SRAM.
#include <array>
#include <bit>

#include "models/npu/numbers/bit_fields.hpp"
#include "models/npu/numbers/bit_groups.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::numbers {

namespace {

void require_count(std::size_t weights, const Layer& layer) {
  if (weights != static_cast<std::size_t>(layer.weight_count()))
    throw std::length_error("weights do not match their layer");
}

/// The encoding of binary weights is their value, halved and rounded up: 0 is -1, 1 is +1.
void unpack_binary(const std::uint8_t* bytes, std::uint64_t bit, std::span<std::int8_t> out) {
  for_each_group<1>(bytes, bit, out.size(), [&](std::size_t at, std::uint64_t group) {
    const std::uint64_t decoded = group | (group ^ repeat(1, 8)) * 0xff;  // 1 stays, 0 is 0xff
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
    return unpack_binary(bytes.data(), bit_offset, weights);
  if (layer.weight_bits < 1 || layer.weight_bits > 8)
    throw std::invalid_argument("weights of " + std::to_string(layer.weight_bits) + " bits");
  const auto sign =
      static_cast<std::uint8_t>(layer.weight_bits == 8 ? 0 : 1 << (layer.weight_bits - 1));
  expand_fields(bytes.data(), bit_offset, layer.weight_bits, weights.size(), sign, sign,
                reinterpret_cast<std::uint8_t*>(weights.data()));
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
