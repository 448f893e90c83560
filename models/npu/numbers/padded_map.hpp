// A layer's input with its padding around it, so that every window is whole.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers {

/// Rows and columns that no window reads are left out.
class PaddedMap {
 public:
  /// Each input channel appears `repeat` times in a row; pixels are `pixel_pitch` elements apart,
  /// at least in.channels * repeat. `slack`: elements that may be read beyond the last window.
  PaddedMap(const Layer& layer, int repeat, int pixel_pitch, int slack, std::int16_t padding);

  /// The map for one input: the input itself where it needs no change, else a copy in a buffer of
  /// this thread that the next call overwrites.
  const std::int16_t* make(std::span<const std::int16_t> in) const;

  std::int64_t row_pitch() const { return row_pitch_; }
  std::int64_t pixel_pitch() const { return pixel_pitch_; }

  /// The windows of output pixels [first, first + count).
  void fill(Tile& tile, const std::int16_t* map, std::int64_t first, int count) const;

 private:
  void copy_row(const std::int16_t* from, std::int16_t* to) const;

  Layer layer_;
  int repeat_;
  std::int64_t pixel_pitch_;
  std::int64_t row_pitch_;
  std::int64_t height_;  ///< rows with padding
  std::int64_t width_;   ///< pixels of a row with padding
  int slack_;
  std::int16_t padding_;
  bool as_is_;  ///< the input serves as the map
};

}  // namespace cairn::numbers
