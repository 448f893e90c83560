// Weights and table of a tile in the stepped twin, streamed from the weight SRAM.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/cores/ms/twin_array.hpp"
#include "models/npu/twin_port.hpp"
#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::ms {

/// Products that a tile adds up for each output.
std::size_t twin_operands(const numbers::Layer& layer, const Tile& tile);

/// Weights are streamed for every step. The table, which only tiles with the last input channels
/// have, is streamed behind them with a tile's first step, and with every step if the table buffer
/// is too small for it.
class TwinBlock {
 public:
  /// Adds the words read to `words`.
  TwinBlock(const numbers::Layer& layer, const Geometry& geometry,
            std::span<const std::uint8_t> memory, std::uint64_t& words);

  void stream(const Tile& tile, std::uint64_t block_bit, bool is_first_step);

  /// Channels count from the tile's first.
  TwinNumber weight(int channel, std::size_t operand) const;
  std::span<const std::uint32_t> table_entry(int channel) const;

 private:
  const numbers::Layer& layer_;
  const std::uint64_t table_buffer_bits_;
  TwinPort port_;
  std::size_t operands_ = 0;  // of an output
  std::vector<std::uint32_t> weights_, table_;
};

}  // namespace cairn::npu::ms
