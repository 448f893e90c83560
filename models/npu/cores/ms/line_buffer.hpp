// The line buffer beside the ring decides which features a tile must fetch.
#pragma once

#include <vector>

#include "models/npu/mapping.hpp"
#include "models/npu/window.hpp"

namespace cairn::npu::ms {

/// Holds kernel_h - 1 rows and the window of a tile if they fit: then every feature is fetched
/// once. If only the window fits, each tile fetches its window; if not even that, each tile fetches
/// it once for every tile of output channels.
class LineBuffer {
 public:
  LineBuffer(const numbers::Layer& layer, const Geometry& geometry);

  /// Appends what the tile (row, first..last column) fetches from the ring.
  void fetch(int row, int first_column, int last_column, std::int64_t channel_tiles,
             std::vector<PixelRun>& runs);

 private:
  const numbers::Layer& layer_;
  bool keeps_rows_ = false;
  bool keeps_window_ = false;
  std::vector<bool> fetched_;  // [input pixels], while rows are kept
};

}  // namespace cairn::npu::ms
