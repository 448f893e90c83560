// The line buffer of the stepped twin: pixels, each with its features, within a capacity.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::ms {

/// The features of one input pixel as stored, all channels of the tile, of the first input and of
/// the second (Op::add).
struct TwinPixel {
  std::vector<std::uint32_t> first, second;
};

/// What is in the buffer, and by which rule it stays there:
/// - where kernel_h - 1 rows and a step's window find room, pixels stay until the pass over the
///   outputs has left them behind, or for the whole tile if its input finds room from its oldest
///   pixel on; a tile that needs what was left behind starts with an empty buffer;
/// - else, where the window of the tile (one row of outputs) finds room, for the tile and for a
/// next
///   tile with the same output pixels;
/// - else, where a step's window finds room, for the step;
/// - else for one pass over the array.
/// A tile over all output pixels, if these are more than a step, starts with an empty buffer.
class TwinLineBuffer {
 public:
  TwinLineBuffer(const numbers::Layer& layer, const Geometry& geometry);

  void begin(const Tile& tile);
  /// Before a step: lets go of what the rule does not keep.
  void begin_step(int row, int first_column);
  /// Before the second and later passes of a step.
  void begin_pass();

  bool holds(int pixel) const { return pixels_.contains(pixel); }
  void put(int pixel, TwinPixel features);  ///< throws std::logic_error above the capacity
  const TwinPixel& at(int pixel) const { return pixels_.at(pixel); }

  /// Input pixels in the windows of these outputs, raster order.
  std::set<int> window(int row, int first_column, int last_column) const;
  std::uint64_t pixel_bits() const;  ///< of the present tile

 private:
  enum class Rule { rows, tile, step, pass };

  Rule rule_for(const Tile& tile) const;
  int left_behind(int row, int column) const;
  bool tile_fits(const Tile& tile) const;
  std::uint64_t room() const { return capacity_bits_ / pixel_bits(); }
  int window_columns(int outputs) const;

  const numbers::Layer& layer_;
  const std::uint64_t capacity_bits_;
  const int step_pixels_;
  Tile tile_;
  Rule rule_ = Rule::pass;
  bool keeps_tile_ = false;
  int oldest_ = 0;
  std::map<int, TwinPixel> pixels_;
};

}  // namespace cairn::npu::ms
