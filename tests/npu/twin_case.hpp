// One run of the stepped twin beside schedule and reference: a layer, its tiles, packed operands.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "models/npu/cores/ms/mapping.hpp"
#include "models/npu/cores/ms/twin.hpp"
#include "models/npu/live.hpp"
#include "models/npu/numbers/reference.hpp"
#include "tests/npu/ms_step_counts.hpp"
#include "tests/npu/tile_block.hpp"
#include "tests/numbers/random_layer.hpp"

namespace cairn::test {

/// Operands of a layer in memories of their own, tiles and where their blocks lie.
class TwinCase {
 public:
  TwinCase(const npu::Mapping& mapping, const numbers::test::Case& operands,
           std::span<const npu::Tile> tiles, bool frees_inputs, numbers::test::Random& random)
      : mapping_(mapping), case_(operands), frees_inputs_(frees_inputs) {
    place_features(tiles, random);
    for (const npu::Tile& tile : tiles)
      tiles_.push_back({tile, block_of(tile)});
    for (const npu::Tile& tile : tiles)
      partial_sums_.resize(
          std::max(partial_sums_.size(), std::size_t{4} * tile.pixels * tile.channels));
  }

  /// Runs the twin; compares its outputs with the reference and its counts with the schedule's.
  void check() {
    const npu::ms::TwinMemory memory{features_,   ring_bits_,    in_bit_,       out_bit_,
                                     second_bit_, partial_sums_, weight_bytes_, frees_inputs_};
    const npu::ms::TwinCounts twin =
        npu::ms::run_twin(layer(), mapping_.geometry(), tiles_, memory);

    std::vector<std::int32_t> expected(static_cast<std::size_t>(layer().out.elements()));
    std::uint64_t overflows = 0;
    numbers::reference(layer(), case_.in, case_.weights, case_.table, expected, &overflows,
                       case_.second);
    std::vector<std::int32_t> outputs;
    for (std::size_t i = 0; i < expected.size(); ++i)
      outputs.push_back(feature(out_bit_ + i * layer().out_type.bits, layer().out_type));
    EXPECT_EQ(outputs, expected);
    EXPECT_EQ(twin.overflows, overflows);

    const npu::ms::TwinCounts steps = count_steps(mapping_, layer(), tiles_, memory);
    EXPECT_EQ(steps.cycles, twin.cycles);
    EXPECT_EQ(steps.macs, twin.macs);
    EXPECT_EQ(steps.feature_words_read, twin.feature_words_read);
    EXPECT_EQ(steps.feature_words_written, twin.feature_words_written);
    EXPECT_EQ(steps.feature_elements_read, twin.feature_elements_read);
    EXPECT_EQ(steps.feature_elements_written, twin.feature_elements_written);
    EXPECT_EQ(steps.weight_words_read, twin.weight_words_read);
    EXPECT_EQ(steps.buffer_bits_read, twin.buffer_bits_read);
    EXPECT_EQ(steps.buffer_bits_written, twin.buffer_bits_written);
    EXPECT_EQ(steps.peak_feature_bits, twin.peak_feature_bits);
    counts_ = twin;
  }

  const npu::ms::TwinCounts& counts() const { return counts_; }

 private:
  const numbers::Layer& layer() const { return case_.layer; }

  /// The ring is just large enough (rounded up to words), and begins anywhere.
  void place_features(std::span<const npu::Tile> tiles, numbers::test::Random& random) {
    std::vector<std::uint32_t> live = npu::live_from(layer());
    if (!frees_inputs_) std::ranges::fill(live, 0u);
    const std::uint64_t second_bits =
        layer().op == numbers::Op::add
            ? static_cast<std::uint64_t>(layer().in.elements()) * layer().second_type.bits
            : 0;
    const auto gap = static_cast<std::uint64_t>(random.in(0, 70));
    const std::uint64_t needed = npu::peak_live_bits(layer(), live, tiles) + second_bits + gap;
    ring_bits_ = (needed + 63) / 64 * 64;
    features_.resize(ring_bits_ / 8);
    for (std::uint8_t& byte : features_)
      byte = static_cast<std::uint8_t>(random.in(0, 255));
    in_bit_ = static_cast<std::uint64_t>(random.in(0, static_cast<int>(ring_bits_) - 1));
    second_bit_ = in_bit_ + npu::in_feature_bits(layer());
    out_bit_ = (second_bit_ + second_bits + gap) % ring_bits_;
    put(case_.in, in_bit_, layer().in_type);
    put(case_.second, second_bit_, layer().second_type);
  }

  void put(std::span<const std::int16_t> features, std::uint64_t bit,
           const numbers::FeatureType& type) {
    for (const std::int16_t q : features)
      for (int i = 0; i < type.bits; ++i, ++bit) {
        const std::uint64_t at = bit % ring_bits_;
        const unsigned mask = 1u << (at % 8);
        features_[at / 8] =
            static_cast<std::uint8_t>((features_[at / 8] & ~mask) | ((q >> i & 1) != 0 ? mask : 0));
      }
  }

  std::int32_t feature(std::uint64_t bit, const numbers::FeatureType& type) const {
    std::uint32_t field = 0;
    for (int i = 0; i < type.bits; ++i) {
      const std::uint64_t at = (bit + i) % ring_bits_;
      field |= static_cast<std::uint32_t>(features_[at / 8] >> (at % 8) & 1) << i;
    }
    if (type.is_signed && type.bits < 32 && (field >> (type.bits - 1) & 1) != 0)
      field |= ~std::uint32_t{0} << type.bits;
    return static_cast<std::int32_t>(field);
  }

  /// Where the block of a tile lies; packs it when it is first seen.
  std::uint64_t block_of(const npu::Tile& tile) {
    const auto key = std::tuple{tile.first_channel, tile.channels, tile.first_input, tile.inputs};
    const auto [it, is_new] = blocks_.try_emplace(key, 8 * weight_bytes_.size());
    if (!is_new) return it->second;
    const std::vector<std::uint8_t> block = tile_block(case_, tile);
    weight_bytes_.insert(weight_bytes_.end(), block.begin(), block.end());
    return it->second;
  }

  const npu::Mapping& mapping_;
  const numbers::test::Case& case_;
  const bool frees_inputs_;
  std::uint64_t ring_bits_ = 0, in_bit_ = 0, out_bit_ = 0, second_bit_ = 0;
  std::vector<std::uint8_t> features_, partial_sums_, weight_bytes_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::uint64_t>
      blocks_;
  std::vector<npu::ms::TwinTile> tiles_;
  npu::ms::TwinCounts counts_;
};

}  // namespace cairn::test
