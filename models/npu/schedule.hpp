// What a core does for one tile of a layer, step by step: cycles, and the features and weights it
// touches.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/tile.hpp"

namespace cairn::npu {

/// A run of input pixels in raster order, all channels of the tile's input range.
struct PixelRun {
  std::uint32_t first = 0;  ///< pixel index y * width + x
  std::uint32_t count = 0;
  bool operator==(const PixelRun&) const = default;
};

/// One step: read input runs and weights, compute, write `outputs` output pixels (the tile's
/// channels of them). An addition reads the same pixels of its second input. Where the tile has not
/// the first input channels, the outputs' partial sums are read; where it has not the last,
/// written. A step without outputs writes cells of the array.
struct Step {
  std::uint32_t compute_cycles = 0;  ///< array busy, whatever the operands; see ActivityMeter
  std::uint32_t cell_cycles = 0;     ///< the array waits for its cells
  std::uint32_t first_run = 0;       ///< into TileSteps::runs
  std::uint32_t runs = 0;
  std::uint32_t first_output = 0;  ///< output pixels, raster order
  std::uint32_t outputs = 0;
  std::uint64_t first_weight_bit = 0;  ///< of the tile's block in the weight SRAM, table included
  std::uint64_t weight_bits = 0;       ///< streamed from there on
  std::uint64_t buffer_bits_read =
      0;  ///< of the buffer inside the core (line buffer), 64-bit words
  std::uint64_t buffer_bits_written = 0;
  std::uint64_t macs = 0;
  std::uint64_t loads = 0;        ///< operands written into entries of the array
  std::uint64_t cell_writes = 0;  ///< bits written into cells of the array
  std::uint64_t evaluations = 0;  ///< of the array's dot products, all of its rows at once
  std::uint64_t rows = 0;         ///< that take part, over all evaluations
  std::uint64_t conversions = 0;  ///< from analogue to digital
  bool operator==(const Step&) const = default;
};

struct TileSteps {
  std::vector<Step> steps;
  std::vector<PixelRun> runs;
};

/// The schedule of one layer. Tiles come in the order of the command list; what a tile fetches
/// depends on what the tiles before it left in the core.
class LayerSchedule {
 public:
  virtual ~LayerSchedule() = default;
  virtual TileSteps next(const Tile& tile) = 0;
  /// Array cycles paid once, after the last tile.
  virtual std::uint32_t drain_cycles() const = 0;
};

}  // namespace cairn::npu
