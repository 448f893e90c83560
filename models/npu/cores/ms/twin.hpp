// Stepped twin of the memory-stationary core: the array, its buffers and ports cycle by cycle.
//
// Slow and plain on purpose. It shares nothing with mapping, schedule and kernels but the layer's
// description and the documented layout of features, weights and tables in memory; tests hold the
// schedule and the kernels against it.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::ms {

/// A tile and where its weights lie.
struct TwinTile {
  Tile tile;
  std::uint64_t block_bit = 0;  ///< in the weight SRAM; a multiple of 64
};

/// Packed operands. Positions in `features` count modulo `ring_bits`; `partial_sums` is a memory of
/// its own for the sums of tiles without the last input channels, [pixel of the tile][channel of
/// the tile] int32 from its bit 0 on.
struct TwinMemory {
  std::span<std::uint8_t> features;
  std::uint64_t ring_bits = 0;
  std::uint64_t in_bit = 0, out_bit = 0;
  std::uint64_t second_bit = 0;  ///< Op::add
  std::span<std::uint8_t> partial_sums;
  std::span<const std::uint8_t> weights;
  bool frees_inputs =
      true;  ///< as they are used up; else the output must lie beside the whole input
};

/// Words are 64 bits: a port has a register of one word, and a word counts when it enters it.
struct TwinCounts {
  std::uint64_t cycles = 0;  ///< array busy, with the drain
  std::uint64_t macs = 0;    ///< those with padding included
  std::uint64_t feature_words_read = 0, feature_words_written = 0;
  std::uint64_t feature_elements_read = 0, feature_elements_written = 0;
  std::uint64_t weight_words_read = 0;
  std::uint64_t buffer_bits_read = 0, buffer_bits_written = 0;
  std::uint64_t peak_feature_bits = 0;  ///< input and output alive at once
  std::uint64_t overflows = 0;

  bool operator==(const TwinCounts&) const = default;
};

/// Runs the tiles of one layer, in order. Throws std::logic_error where the machine would break: a
/// buffer overflows, the head of the ring passes its tail.
TwinCounts run_twin(const numbers::Layer& layer, const Geometry& geometry,
                    std::span<const TwinTile> tiles, const TwinMemory& memory);

}  // namespace cairn::npu::ms
