#include "compiler/weight_block.hpp"

#include <algorithm>

#include "models/npu/block.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::compiler {

namespace {

template <typename T>
std::vector<T> part(const std::vector<T>& all, std::size_t first, std::size_t count) {
  if (all.empty()) return {};
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

numbers::Table part_of(const numbers::Table& table, const numbers::Layer& layer, std::size_t first,
                       std::size_t count) {
  const std::size_t steps =
      table.thresholds.empty()
          ? 0
          : table.thresholds.size() / static_cast<std::size_t>(layer.out.channels);
  numbers::Table t;
  t.bias = part(table.bias, first, count);
  t.multiplier = part(table.multiplier, first, count);
  t.shift = part(table.shift, first, count);
  t.thresholds = part(table.thresholds, first * steps, count * steps);
  t.descending = part(table.descending, first, count);
  return t;
}

/// Of each of the tile's output channels and taps, the weights of its input channels.
std::vector<std::int8_t> weights_of(const NetworkLayer& l, const npu::Tile& tile) {
  const auto per_channel = static_cast<std::size_t>(l.layer.inputs_per_output());
  const auto inputs = static_cast<std::size_t>(l.layer.in.channels);
  if (tile.inputs == inputs)
    return part(l.weights, tile.first_channel * per_channel, tile.channels * per_channel);
  std::vector<std::int8_t> weights;
  for (std::size_t tap = tile.first_channel * per_channel;
       tap < (tile.first_channel + tile.channels) * per_channel; tap += inputs) {
    const auto first = l.weights.begin() + static_cast<std::ptrdiff_t>(tap + tile.first_input);
    weights.insert(weights.end(), first, first + static_cast<std::ptrdiff_t>(tile.inputs));
  }
  return weights;
}

}  // namespace

std::vector<std::uint8_t> weight_block(const NetworkLayer& l, const npu::Tile& tile) {
  const npu::BlockShape shape = npu::block_shape(l.layer, tile);
  std::vector<std::uint8_t> block(shape.weight_bytes + shape.table_bytes);
  const std::span<std::uint8_t> bytes(block);
  if (shape.weight_bytes > 0)
    numbers::pack_weights(weights_of(l, tile), shape.layer, bytes.first(shape.weight_bytes));
  if (shape.table_bytes > 0)
    numbers::pack_table(part_of(l.table, l.layer, tile.first_channel, tile.channels), shape.layer,
                        bytes.subspan(shape.weight_bytes));
  return block;
}

}  // namespace cairn::compiler
