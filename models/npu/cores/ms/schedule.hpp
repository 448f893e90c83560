// The steps of one layer on the memory-stationary core.
#pragma once

#include "models/npu/cores/ms/array.hpp"
#include "models/npu/cores/ms/line_buffer.hpp"
#include "models/npu/schedule.hpp"

namespace cairn::npu::ms {

/// A tile is cut into steps of up to tile_pixels output pixels of one row, all channels of the
/// tile. A step fetches the features that the line buffer lacks, streams the tile's weights, and
/// makes one pass over the array for every tile_channels output channels; each pass reads the
/// step's window from the line buffer (only the channels it needs where outputs read their own
/// channel). The first step of a tile also streams the requantisation table; all do where the table
/// buffer is smaller than the tile's table. Buffer reads and writes are counted in bits: what is
/// fetched is written, the windows of the passes are read.
class MsSchedule : public LayerSchedule {
 public:
  MsSchedule(const numbers::Layer& layer, const Geometry& geometry);

  TileSteps next(const Tile& tile) override;
  std::uint32_t drain_cycles() const override { return array_.drain_cycles; }

 private:
  const numbers::Layer layer_;
  const Array array_;
  const std::uint64_t table_buffer_bits_;
  LineBuffer line_buffer_;
};

}  // namespace cairn::npu::ms
