// Weights and table of one tile, cut out of its layer's and packed as they lie in the weight SRAM.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/block.hpp"
#include "models/npu/numbers/packing.hpp"
#include "tests/numbers/random_layer.hpp"

namespace cairn::test {

/// [channel of the tile][tap][input channel of the tile].
inline std::vector<std::int8_t> tile_weights(const numbers::test::Case& c, const npu::Tile& tile) {
  std::vector<std::int8_t> slice;
  if (!c.layer.has_weights()) return slice;
  const auto all = static_cast<std::size_t>(c.layer.in.channels);
  const auto each = static_cast<std::size_t>(c.layer.inputs_per_output());
  const bool is_part = tile.inputs != all;
  for (std::size_t co = tile.first_channel; co < tile.first_channel + tile.channels; ++co)
    for (std::size_t i = 0; i < each; ++i)
      if (!is_part || (i % all >= tile.first_input && i % all < tile.first_input + tile.inputs))
        slice.push_back(c.weights[co * each + i]);
  return slice;
}

inline numbers::Table tile_table(const numbers::test::Case& c, const npu::Tile& tile) {
  const auto cut = [&](const auto& all, std::size_t each) {
    auto part = all;
    part.clear();
    if (!all.empty())
      part.assign(
          all.begin() + static_cast<std::ptrdiff_t>(tile.first_channel * each),
          all.begin() + static_cast<std::ptrdiff_t>((tile.first_channel + tile.channels) * each));
    return part;
  };
  const numbers::Table& t = c.table;
  const std::size_t thresholds =
      t.thresholds.size() / static_cast<std::size_t>(c.layer.out.channels);
  return {cut(t.bias, 1), cut(t.multiplier, 1), cut(t.shift, 1), cut(t.thresholds, thresholds),
          cut(t.descending, 1)};
}

inline std::vector<std::uint8_t> tile_block(const numbers::test::Case& c, const npu::Tile& tile) {
  const npu::BlockShape shape = npu::block_shape(c.layer, tile);
  std::vector<std::uint8_t> block(shape.bytes());
  numbers::pack_weights(tile_weights(c, tile), shape.layer, block);
  if (shape.table_bytes > 0)
    numbers::pack_table(tile_table(c, tile), shape.layer,
                        std::span(block).subspan(shape.weight_bytes));
  return block;
}

}  // namespace cairn::test
