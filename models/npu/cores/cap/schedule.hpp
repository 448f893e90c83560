// The steps of one layer on CAP-RAM.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "models/npu/cells.hpp"
#include "models/npu/cores/cap/pieces.hpp"
#include "models/npu/input_buffer.hpp"
#include "models/npu/schedule.hpp"

namespace cairn::npu::cap {

/// A step is a piece of a row of output pixels, as many as the input buffer has windows and the
/// accumulators sums for, at least one. It fetches the features that the input buffer lacks, and
/// the requantisation table with the tile's first step, or with every step if the table buffer is
/// smaller than the table. Then piece after piece of the tile's weights: if it lies in another
/// plane than the one before (of the layer's first one none is selected), select_cycles; and for
/// each pixel an evaluation for each DAC slice, a cycle each, for which the piece's features are
/// read from the buffer once. A row of an evaluation takes one conversion, a pair of rows in
/// `differential`.
///
/// A tile whose weights come with it begins with a step that streams them into the cells, row by
/// row of each piece, packed from the first plane on; not if the tile before it had the same ones.
///
/// Pooling, addition and requantisation take vector_lanes operands a cycle beside the array.
class CapSchedule : public LayerSchedule {
 public:
  /// `regions`: what tiles' `cells` count, from number 1 on; they outlive the schedule.
  CapSchedule(const numbers::Layer& layer, const Geometry& geometry,
              std::span<const CellRegion> regions);

  /// Throws Fault (bad_command) if a tile's weights have no room, or are not in the regions that it
  /// names.
  TileSteps next(const Tile& tile) override;
  std::uint32_t drain_cycles() const override { return 0; }

 private:
  /// The pieces of a tile's weights and the planes in which they lie.
  struct Weights {
    std::vector<Piece> pieces;
    std::vector<std::uint32_t> planes;
    std::uint64_t rows = 0, cells = 0;
  };
  Weights weights_of(const Tile& tile) const;
  Step load(const Tile& tile, const Weights& weights);
  Step compute(const Tile& tile, const Weights& weights, std::uint32_t first,
               std::uint32_t outputs);
  std::uint64_t buffer_bits(const Tile& tile, std::uint64_t taps) const;
  std::uint32_t step_pixels(const Tile& tile) const;

  const numbers::Layer layer_;
  const MacroSize size_;
  const std::span<const CellRegion> regions_;
  const std::uint64_t lanes_, table_buffer_bits_, input_buffer_bits_, accumulator_bits_;
  const std::uint32_t select_cycles_, row_cycles_;
  InputBuffer buffer_;
  std::pair<std::uint32_t, std::uint32_t> loaded_{0, 0};  // channels in the cells
  std::uint32_t selected_;
};

}  // namespace cairn::npu::cap
