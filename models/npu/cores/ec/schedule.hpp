// The steps of one layer on the entry-counting core.
#pragma once

#include "models/npu/cores/ec/dataflow.hpp"
#include "models/npu/input_buffer.hpp"
#include "models/npu/schedule.hpp"

namespace cairn::npu::ec {

/// A step fetches the features that the input buffer lacks and streams the tile's weights, and the
/// requantisation table with the tile's first step, or with every step if the table buffer is
/// smaller than the table.
///
/// Activation-stationary: one output pixel. Its operands are loaded into the entries, `entries` at
/// a time, and every output channel's weights are counted against them. Weight-stationary: a piece
/// of a row. Each channel's weights are loaded, and the operands of every pixel are counted against
/// them, read from the buffer. Either way a dot product of at most `entries` operands takes the
/// steps that ActivityMeter counts plus the overhead, which is all that compute_cycles holds; it is
/// summed over the layer and rounded down. Loads overlap with the searches.
///
/// Pooling, addition and requantisation take vector_lanes operands a cycle beside the array.
class EcSchedule : public LayerSchedule {
 public:
  EcSchedule(const numbers::Layer& layer, const Geometry& geometry);

  TileSteps next(const Tile& tile) override;
  std::uint32_t drain_cycles() const override { return 0; }

  /// Dot products of at most `entries` operands so far.
  std::uint64_t dots() const { return dots_; }

 private:
  Step step(const Tile& tile, const Dataflow& flow, std::uint32_t first, std::uint32_t outputs);
  std::uint64_t overhead() const { return dots_ * overhead_ / 1000; }

  const numbers::Layer layer_;
  const DataflowChoice choice_;
  const std::uint64_t entries_, overhead_, lanes_, table_buffer_bits_;
  InputBuffer buffer_;
  std::uint64_t dots_ = 0;
};

}  // namespace cairn::npu::ec
