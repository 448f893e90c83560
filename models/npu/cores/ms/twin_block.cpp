#include "models/npu/cores/ms/twin_block.hpp"

#include "models/npu/twin_table.hpp"

namespace cairn::npu::ms {

using numbers::Layer;
using numbers::Op;

namespace {

std::uint64_t whole_words(std::uint64_t bits) {
  return (bits + 63) / 64 * 64;
}

}  // namespace

std::size_t twin_operands(const Layer& layer, const Tile& tile) {
  const std::size_t taps = std::size_t(layer.kernel_h) * layer.kernel_w;
  if (layer.op == Op::convolution) return taps * tile.inputs;
  if (layer.op == Op::fully_connected) return static_cast<std::size_t>(layer.in.elements());
  return layer.op == Op::add ? 2 : taps;
}

TwinBlock::TwinBlock(const Layer& layer, const Geometry& geometry,
                     std::span<const std::uint8_t> memory, std::uint64_t& words)
    : layer_(layer),
      table_buffer_bits_(8 * static_cast<std::uint64_t>(geometry.at("table_buffer_bytes"))),
      port_({const_cast<std::uint8_t*>(memory.data()), memory.size()}, 8 * memory.size(), words) {}

void TwinBlock::stream(const Tile& tile, std::uint64_t block_bit, bool is_first_step) {
  operands_ = twin_operands(layer_, tile);
  const std::uint64_t weights = layer_.has_weights() ? tile.channels * operands_ : 0;
  const int bits = layer_.weight_bits;
  weights_.clear();
  for (std::uint64_t i = 0; i < weights; ++i)
    weights_.push_back(port_.read_field(block_bit + i * bits, bits));

  if (static_cast<int>(tile.first_input + tile.inputs) != layer_.in.channels) return;
  const std::uint64_t words = std::uint64_t{tile.channels} * twin_table_words(layer_);
  if (!is_first_step && whole_words(words * 32) <= table_buffer_bits_) return;
  const std::uint64_t table_bit = block_bit + whole_words(weights * bits);
  table_.clear();
  for (std::uint64_t i = 0; i < words; ++i)
    table_.push_back(port_.read_field(table_bit + i * 32, 32));
}

TwinNumber TwinBlock::weight(int channel, std::size_t operand) const {
  if (!layer_.has_weights()) return {1, 1, TwinNumber::Kind::is_unsigned};
  const bool is_binary = layer_.weight_encoding == numbers::WeightEncoding::binary;
  return {weights_[channel * operands_ + operand], layer_.weight_bits,
          is_binary ? TwinNumber::Kind::plus_minus : TwinNumber::Kind::is_signed};
}

std::span<const std::uint32_t> TwinBlock::table_entry(int channel) const {
  const auto words = static_cast<std::size_t>(twin_table_words(layer_));
  return std::span(table_).subspan(channel * words, words);
}

}  // namespace cairn::npu::ms
