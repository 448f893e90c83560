// The buffer between feature SRAM and array decides which pixels a step must fetch.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/schedule.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu {

/// Holds the most recently used input pixels, each with the tile's input channels. A step uses the
/// pixels of its window in raster order, fetches those that are missing, and then the least
/// recently used ones go until the rest fits. A tile with other input channels finds it empty.
class InputBuffer {
 public:
  InputBuffer(const numbers::Layer& layer, std::uint64_t capacity_bits);

  void begin(const Tile& tile);
  /// Appends what the step (outputs of one row) fetches; returns its pixels.
  std::uint64_t fetch(std::uint32_t first, std::uint32_t count, std::vector<PixelRun>& runs);

 private:
  void use(std::uint32_t pixel);
  void remove(std::uint32_t pixel);

  const numbers::Layer& layer_;
  const std::uint64_t capacity_bits_;
  std::uint64_t room_ = 0;  // pixels
  std::uint32_t first_input_ = 0, inputs_ = 0;
  // A ring of pixels from the least to the most recently used; the last element closes it.
  struct Place {
    std::uint32_t before, behind;
    bool is_held;
  };
  std::vector<Place> places_;
  std::uint32_t end_;
  std::uint64_t held_ = 0;
};

}  // namespace cairn::npu
