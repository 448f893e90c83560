// The sums on the capacitors of whole tiles: inputs times cells, and inputs times deviations.
#pragma once

#include <cstdint>
#include <memory>

#include "models/npu/cores/cap/macro/cells.hpp"
#include "models/npu/numbers/aligned.hpp"
#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/workers.hpp"

namespace cairn::npu::cap {

/// One evaluation of a tile.
struct TileEvaluation {
  int chunk, dac_slice, bit;
  int block, blocks;   ///< channel blocks: from a multiple of kTileBlocks on, as many at most
  std::int64_t pixel;  ///< counts from the first one loaded
  int pixels;          ///< at most kTilePixels
};

class ChunkSums {
 public:
  virtual ~ChunkSums() = default;

  static constexpr std::int64_t kPixels = 64;  ///< loaded at once, at most
  /// The DAC's codes of some output pixels, used again from run to run.
  struct Inputs {
    numbers::CodeVector codes;
    const numbers::FeatureMap* map = nullptr;
    std::int64_t first = 0;  ///< output pixel
  };
  virtual void load(const numbers::FeatureMap& map, std::int64_t first, std::int64_t count,
                    Inputs& inputs) const = 0;
  /// `deviations` is written only where the macro's capacitors deviate.
  virtual void sums(const Inputs& inputs, const TileEvaluation& tile, numbers::Sums& cells,
                    numbers::Sums& deviations) const = 0;
};

/// Convolutions and fully connected layers: all channels have the same inputs.
std::unique_ptr<const ChunkSums> make_shared_sums(const Cells& cells,
                                                  const numbers::Kernels& kernels,
                                                  numbers::Workers* workers);
/// Depthwise: each channel has its own inputs.
std::unique_ptr<const ChunkSums> make_depthwise_sums(const Cells& cells);

}  // namespace cairn::npu::cap
