// Stepped twin of CAP-RAM: cells, columns, converters and ports, evaluation by evaluation.
//
// Slow and plain on purpose. It shares nothing with mapping, schedule and kernels but the layer's
// description, where the pieces of its weights lie, and the documented layout of features, weights
// and tables in memory; tests hold them against it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/cells.hpp"
#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::cap {

/// Cells that are written before the first tile.
struct TwinSetup {
  CellRegion region;
  std::vector<std::uint8_t> bits;
};

/// A tile with all input channels, and where its block and the pieces of its weights lie.
struct TwinTile {
  Tile tile;
  std::vector<CellRegion> regions;
  std::uint64_t block_bit = 0;  ///< in the weight SRAM; a multiple of 64
};

/// Packed operands. Input and output lie apart.
struct TwinMemory {
  std::span<std::uint8_t> features;
  std::uint64_t in_bit = 0, out_bit = 0;
  std::uint64_t second_bit = 0;  ///< Op::add
  std::span<const std::uint8_t> weights;
};

/// Words are 64 bits: a port has a register of one word, and a word counts when it enters it.
struct TwinCounts {
  std::uint64_t cycles = 0;       ///< array busy
  std::uint64_t cell_cycles = 0;  ///< of tiles that bring their weights
  std::uint64_t cell_writes = 0;  ///< of these
  std::uint64_t macs = 0;         ///< those with padding included
  std::uint64_t evaluations = 0, rows = 0, conversions = 0;
  std::uint64_t feature_words_read = 0, feature_words_written = 0;
  std::uint64_t feature_elements_read = 0;
  std::uint64_t weight_words_read = 0;
  std::uint64_t buffer_bits_read = 0, buffer_bits_written = 0;
  std::uint64_t overflows = 0;

  bool operator==(const TwinCounts&) const = default;
};

/// Runs the tiles of one layer, in order. Throws std::logic_error where the machine would break.
TwinCounts run_twin(const numbers::Layer& layer, const Geometry& geometry,
                    std::span<const TwinSetup> setup, std::span<const TwinTile> tiles,
                    const TwinMemory& memory);

}  // namespace cairn::npu::cap
