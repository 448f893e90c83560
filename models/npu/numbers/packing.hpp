// Features, weights and tables as they lie in the SRAMs: bit streams, least significant bit first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers {

/// Bit i of a stream is bit i % 8 of byte i / 8. A feature takes FeatureType::bits bits (two's
/// complement if signed); raw accumulators (kAccumulatorBits) are int32, little-endian. Functions
/// read and write no byte outside the ranges that the features lie in; bits beside a range keep
/// their value. std::length_error if `bytes` is too small.

/// Reads out.size() features from `bit_offset` on, without subtracting the zero point. type.bits: 1
/// to 8.
void unpack_features(std::span<const std::uint8_t> bytes, std::uint64_t bit_offset,
                     const FeatureType& type, std::span<std::int16_t> out);
/// The same for any width, raw accumulators included.
void unpack_features(std::span<const std::uint8_t> bytes, std::uint64_t bit_offset,
                     const FeatureType& type, std::span<std::int32_t> out);
/// Writes features from `bit_offset` on; bits of a value above the width are dropped.
void pack_features(std::span<const std::int32_t> features, const FeatureType& type,
                   std::span<std::uint8_t> bytes, std::uint64_t bit_offset);

/// The same in a ring of `ring_bits` bits at the beginning of `ring`: positions count modulo
/// ring_bits, and a feature may lie across the end. The range is at most one turn.
void unpack_features_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                          std::uint64_t bit_offset, const FeatureType& type,
                          std::span<std::int16_t> out);
void unpack_features_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                          std::uint64_t bit_offset, const FeatureType& type,
                          std::span<std::int32_t> out);
void pack_features_ring(std::span<const std::int32_t> features, const FeatureType& type,
                        std::span<std::uint8_t> ring, std::uint64_t ring_bits,
                        std::uint64_t bit_offset);

/// The same between packed features and codes, code = q - type.low(): 0 to 2^bits - 1. type.bits: 1
/// to 8. Packing drops bits of a code above the width.
void unpack_codes_ring(std::span<const std::uint8_t> ring, std::uint64_t ring_bits,
                       std::uint64_t bit_offset, const FeatureType& type,
                       std::span<std::uint8_t> codes);
void pack_codes_ring(std::span<const std::uint8_t> codes, const FeatureType& type,
                     std::span<std::uint8_t> ring, std::uint64_t ring_bits,
                     std::uint64_t bit_offset);

/// Runs of features in a ring, all of the same length, `pitch` bits apart: some channels of
/// consecutive pixels.
struct RingRuns {
  std::uint64_t ring_bits, bit_offset;
  std::size_t runs;
  std::uint64_t pitch;
};
/// pack_codes_ring for each run; `codes` holds the runs one behind the other.
void pack_code_runs(std::span<const std::uint8_t> codes, const FeatureType& type,
                    std::span<std::uint8_t> ring, const RingRuns& to);

/// Bytes of a layer's packed weights and of its table, each padded to a multiple of 8. The weight
/// block in the weight SRAM is the weights and then the table.
std::size_t weight_bytes(const Layer& layer);
std::size_t table_bytes(const Layer& layer);

/// Weights as integers, [co][ky][kx][ci] (depthwise [co][ky][kx], fully connected [co][input
/// element]). `weights` has layer.weight_count() elements. Binary: bit 0 is -1, bit 1 is +1.
/// `bytes` has at least weight_bytes(layer); packing writes the padding as zeros.
void unpack_weights(std::span<const std::uint8_t> bytes, const Layer& layer,
                    std::span<std::int8_t> weights);
void pack_weights(std::span<const std::int8_t> weights, const Layer& layer,
                  std::span<std::uint8_t> bytes);

/// Weights from any bit on, `weights.size()` of them in the layer's width and encoding.
void unpack_weights(std::span<const std::uint8_t> bytes, std::uint64_t bit_offset,
                    const Layer& layer, std::span<std::int8_t> weights);

/// The packed weights and table of some output channels of a layer, wherever they lie.
struct PackedSlice {
  std::span<const std::uint8_t> weights;
  std::uint64_t weight_bit = 0;         ///< of the first channel's first weight, in `weights`
  std::span<const std::uint8_t> table;  ///< from the first channel's first word on
};
/// `block` is a whole layer's: its packed weights, then its table. std::length_error if too small.
PackedSlice slice_of(std::span<const std::uint8_t> block, const Layer& layer,
                     const ChannelRange& channels);

/// `bytes` has at least table_bytes(layer), or to unpack, that without the padding; packing writes
/// the padding as zeros, and an empty bias as zeros. A shift above 62 in `bytes` (no compiler makes
/// one, a fault may) is taken as 62.
Table unpack_table(std::span<const std::uint8_t> bytes, const Layer& layer);
void pack_table(const Table& table, const Layer& layer, std::span<std::uint8_t> bytes);

}  // namespace cairn::numbers
