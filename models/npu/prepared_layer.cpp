#include "models/npu/prepared_layer.hpp"

#include <algorithm>

#include "models/npu/command.hpp"
#include "models/npu/live.hpp"

namespace cairn::npu {

PreparedLayer::PreparedLayer(const Core& core, const numbers::Layer& layer)
    : core_(core), layer_(layer), live_from_(npu::live_from(layer)) {
  const std::string reason = core.mapping().unsupported(layer);
  if (!reason.empty()) throw Fault{ErrorCode::unsupported, 0, reason};
  schedule_ = core.schedule(layer);
  cells_version_ = core.cells_version();
}

void PreparedLayer::rewind() {
  position_ = 0;
  if (cells_version_ == core_.cells_version()) return;
  cells_version_ = core_.cells_version();
  schedule_ = core_.schedule(layer_);
  tiles_.clear();
  blocks_.clear();
}

const TileSteps& PreparedLayer::next(const Tile& tile) {
  if (position_ < tiles_.size() && tiles_[position_].tile != tile) {
    // Another list: the schedule depends on all tiles from the first on.
    tiles_.resize(position_);
    blocks_.clear();
    schedule_ = core_.schedule(layer_);
    for (KnownTile& known : tiles_)
      known.steps = schedule_->next(known.tile);
  }
  if (position_ == tiles_.size()) tiles_.push_back({tile, schedule_->next(tile)});
  return tiles_[position_++].steps;
}

void PreparedLayer::finish() {
  if (!has_run_) blocks_.clear();
  passing_ = {};
  has_run_ = true;
}

const PreparedBlock& PreparedLayer::block(const Tile& tile, std::span<const std::uint8_t> bytes) {
  const bool is_passing = !has_run_ && tile.pixels == layer_.out.pixels();
  PreparedBlock& block =
      is_passing ? passing_
                 : blocks_[{tile.first_channel, tile.channels, tile.first_input, tile.inputs}];
  const bool is_ready = !is_passing && (block.kernel != nullptr || block.partial != nullptr);
  if (is_ready && std::ranges::equal(bytes, block.bytes)) return block;
  block = {};  // its memory serves the next
  if (!is_passing) block.bytes.assign(bytes.begin(), bytes.end());
  if (tile.inputs == static_cast<std::uint32_t>(layer_.in.channels))
    block.kernel = core_.kernel(layer_, tile, bytes);
  else
    block.partial = core_.partial_kernel(layer_, tile, bytes);
  block.meter = core_.meter(layer_, tile, bytes);
  return block;
}

}  // namespace cairn::npu
