// What the shell keeps of a layer from job to job: its steps, and its kernels as long as the
// weights in the SRAM and in the cells are the same.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "models/npu/core.hpp"

namespace cairn::npu {

/// A tile's kernel and the block that it was made from; one of the two kernels is there, a meter if
/// the core has one.
struct PreparedBlock {
  std::vector<std::uint8_t> bytes;
  std::unique_ptr<Kernel> kernel;
  std::unique_ptr<PartialKernel> partial;
  std::unique_ptr<ActivityMeter> meter;
};

class PreparedLayer {
 public:
  /// Throws Fault (unsupported).
  PreparedLayer(const Core& core, const numbers::Layer& layer);

  const numbers::Layer& layer() const { return layer_; }
  const std::vector<std::uint32_t>& live_from() const { return live_from_; }
  std::uint32_t drain_cycles() const { return schedule_->drain_cycles(); }

  /// Tiles come from the first one again.
  void rewind();
  /// The steps of the layer's next tile.
  const TileSteps& next(const Tile& tile);
  /// The layer is done. What was prepared is kept only from the second time on: many layers run
  /// just once, and memory that others have just used is faster than memory that is new.
  void finish();
  /// The kernel for a block with these bytes; stays until the next call.
  const PreparedBlock& block(const Tile& tile, std::span<const std::uint8_t> bytes);

 private:
  struct KnownTile {
    Tile tile;
    TileSteps steps;
  };
  /// Tiles that share a block: output channels, input channels.
  using BlockKey = std::array<std::uint32_t, 4>;

  const Core& core_;
  const numbers::Layer layer_;
  const std::vector<std::uint32_t> live_from_;
  std::unique_ptr<LayerSchedule> schedule_;
  std::vector<KnownTile> tiles_;
  std::size_t position_ = 0;
  bool has_run_ = false;
  std::uint64_t cells_version_ = 0;
  std::map<BlockKey, PreparedBlock> blocks_;
  PreparedBlock passing_;  // of a tile that nobody comes back to, without its bytes
};

}  // namespace cairn::npu
