// Requantisation tables as they lie in the weight SRAM.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "models/npu/numbers/packing.hpp"

namespace cairn::numbers {

namespace {

constexpr std::uint32_t kMaxShift = 62;
constexpr std::uint32_t kDescending = 1;  // flag in word 0 of a channel's thresholds

/// 32-bit words of one channel; 0 where the layer has no table.
std::size_t words_per_channel(const Layer& layer) {
  if (layer.op == Op::max_pool) return 0;
  switch (layer.requantisation) {
    case Requantisation::none:
      return 1;
    case Requantisation::multiply:
    case Requantisation::multiply_tflite:
      return 3;
    case Requantisation::thresholds:
      return std::size_t{1} << layer.out_type.bits;
  }
  return 0;
}

void require(std::size_t bytes, std::size_t needed) {
  if (bytes < needed) throw std::length_error("a table lies outside its bytes");
}

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t index) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes.data() + 4 * index, 4);
  return word;
}

}  // namespace

std::size_t table_bytes(const Layer& layer) {
  return (words_per_channel(layer) * static_cast<std::size_t>(layer.out.channels) * 4 + 7) / 8 * 8;
}

PackedSlice slice_of(std::span<const std::uint8_t> block, const Layer& layer,
                     const ChannelRange& channels) {
  const std::size_t weights = weight_bytes(layer);
  const auto first = static_cast<std::size_t>(channels.first);
  const std::size_t table = weights + first * words_per_channel(layer) * 4;
  require(block.size(), table);
  const auto channel_weights = static_cast<std::size_t>(layer.inputs_per_output());
  return {block.first(weights),
          layer.has_weights() ? std::uint64_t{first * channel_weights} * layer.weight_bits : 0,
          block.subspan(table)};
}

Table unpack_table(std::span<const std::uint8_t> bytes, const Layer& layer) {
  const std::size_t words = words_per_channel(layer);
  const auto channels = static_cast<std::size_t>(layer.out.channels);
  require(bytes.size(), channels * words * 4);
  Table table;
  if (words == 0) return table;
  if (layer.requantisation == Requantisation::thresholds) {
    table.descending.resize(channels);
    table.thresholds.resize(channels * (words - 1));
    for (std::size_t c = 0; c < channels; ++c) {
      table.descending[c] = static_cast<std::uint8_t>(word_at(bytes, c * words) & kDescending);
      std::memcpy(&table.thresholds[c * (words - 1)], &bytes[(c * words + 1) * 4], (words - 1) * 4);
    }
    return table;
  }
  table.bias.resize(channels);
  for (std::size_t c = 0; c < channels; ++c)
    table.bias[c] = static_cast<std::int32_t>(word_at(bytes, c * words));
  if (layer.requantisation == Requantisation::none) return table;
  table.multiplier.resize(channels);
  table.shift.resize(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    table.multiplier[c] = static_cast<std::int32_t>(word_at(bytes, c * words + 1));
    table.shift[c] = std::min(word_at(bytes, c * words + 2), kMaxShift);
  }
  return table;
}

void pack_table(const Table& table, const Layer& layer, std::span<std::uint8_t> bytes) {
  require(bytes.size(), table_bytes(layer));
  std::fill_n(bytes.begin(), table_bytes(layer), std::uint8_t{0});
  const std::size_t words = words_per_channel(layer);
  std::size_t next = 0;
  const auto put = [&](std::uint32_t word) { std::memcpy(bytes.data() + 4 * next++, &word, 4); };
  for (std::size_t channel = 0;
       words != 0 && channel < static_cast<std::size_t>(layer.out.channels); ++channel) {
    if (layer.requantisation == Requantisation::thresholds) {
      put(table.descending.at(channel) ? kDescending : 0);
      for (std::size_t i = 0; i + 1 < words; ++i)
        put(static_cast<std::uint32_t>(table.thresholds.at(channel * (words - 1) + i)));
      continue;
    }
    put(table.bias.empty() ? 0 : static_cast<std::uint32_t>(table.bias.at(channel)));
    if (layer.requantisation == Requantisation::none) continue;
    put(static_cast<std::uint32_t>(table.multiplier.at(channel)));
    put(table.shift.at(channel));
  }
}

}  // namespace cairn::numbers
