// NPU commands for tests: rings, layers and tiles.
#pragma once

#include <bit>

#include "job_format.hpp"
#include "models/npu/block.hpp"
#include "models/npu/command.hpp"
#include "models/npu/feature_space.hpp"

namespace cairn::test {

template <typename Specific>
job::Command plain(const Specific& command) {
  return std::bit_cast<job::Command>(command);
}

/// The command with some fields of its kind changed: `change(As&)`.
template <typename As, typename Change>
job::Command with(const job::Command& command, Change change) {
  As specific = npu::as<As>(command);
  change(specific);
  return plain(specific);
}

inline job::Command ring_command(unsigned number, const npu::Ring& ring) {
  job::RingCommand c{};
  c.kind = static_cast<std::uint8_t>(job::Kind::kRing);
  c.ring = static_cast<std::uint8_t>(number);
  c.memory = static_cast<std::uint8_t>(ring.memory);
  c.begin = static_cast<std::uint32_t>(ring.begin);
  c.bits = static_cast<std::uint32_t>(ring.bits);
  return plain(c);
}

inline job::Command layer_command(const numbers::Layer& layer, const npu::LayerPlacement& placement,
                                  std::uint8_t slot = 0, std::uint16_t number = 0) {
  job::LayerCommand c = npu::command_of(layer, placement);
  c.slot = slot;
  c.layer = number;
  return plain(c);
}

/// `block`: where the tile's weights begin in the weight SRAM.
inline job::Command tile_command(const numbers::Layer& layer, const npu::Tile& tile, bool is_last,
                                 std::uint32_t block = 0, std::uint8_t slot = 0,
                                 std::uint16_t number = 0) {
  job::TileCommand c = npu::command_of(tile);
  c.slot = slot;
  c.layer = number;
  c.flags = is_last ? 1 : 0;
  c.weights_offset = block;
  c.table_offset = block + static_cast<std::uint32_t>(npu::block_shape(layer, tile).weight_bytes);
  return plain(c);
}

inline job::Command waits(job::Command command, std::uint8_t token, std::uint16_t count) {
  command.wait_token = token;
  command.wait_count = count;
  return command;
}
inline job::Command signals(job::Command command, std::uint8_t token, std::uint16_t count) {
  command.signal_token = token;
  command.signal_count = count;
  return command;
}

}  // namespace cairn::test
