// Sums of depthwise layers: each output channel has its own inputs, the taps of its window.
#include <algorithm>
#include <vector>

#include "models/npu/cores/cap/macro/chunk_sums.hpp"
#include "models/npu/numbers/map_layout.hpp"

namespace cairn::npu::cap {

namespace {

using numbers::kLanes;
using numbers::kTilePitch;

/// Cells tap by tap, [tap][channels rounded up to kLanes].
using Taps = numbers::AlignedVector<std::int8_t>;

class DepthwiseSums : public ChunkSums {
 public:
  explicit DepthwiseSums(const Cells& cells);

  void load(const numbers::FeatureMap& map, std::int64_t first, std::int64_t,
            Inputs& inputs) const override {
    inputs.map = &map;
    inputs.first = first;
  }
  void sums(const Inputs& inputs, const TileEvaluation& tile, numbers::Sums& cells,
            numbers::Sums& deviations) const override;

 private:
  Taps transposed(const Cells::Rows& rows) const;
  void block_sums(const std::uint8_t* window, const Taps& taps, const TileEvaluation& tile,
                  int block, std::int32_t* sums) const;

  numbers::MapLayout layout_;
  int first_channel_, channels_, lanes_;
  int taps_count_, dac_bits_;
  std::vector<Taps> cells_, deviations_;  ///< [bit]
};

DepthwiseSums::DepthwiseSums(const Cells& cells)
    : layout_(cells.layer()),
      first_channel_(cells.channels().first),
      channels_(cells.channels().count),
      lanes_(cells.blocks() * kLanes),
      taps_count_(cells.layer().inputs_per_output()),
      dac_bits_(cells.macro().parameters().dac_bits) {
  for (int bit = 0; bit < cells.planes(); ++bit) {
    cells_.push_back(transposed(cells.bits(bit)));
    if (!cells.macro().capacitors().is_ideal())
      deviations_.push_back(transposed(cells.deviations(bit)));
  }
}

Taps DepthwiseSums::transposed(const Cells::Rows& rows) const {
  Taps taps(static_cast<std::size_t>(taps_count_) * lanes_, 0);
  for (int channel = 0; channel < channels_; ++channel)
    for (int tap = 0; tap < taps_count_; ++tap)
      taps[static_cast<std::size_t>(tap) * lanes_ + channel] =
          rows[static_cast<std::size_t>(channel) * taps_count_ + tap];
  return taps;
}

void DepthwiseSums::block_sums(const std::uint8_t* window, const Taps& taps,
                               const TileEvaluation& tile, int block, std::int32_t* sums) const {
  const int shift = tile.dac_slice * dac_bits_, mask = (1 << dac_bits_) - 1;
  const int first = tile.chunk * kColumns, last = std::min(first + kColumns, taps_count_);
  std::int32_t totals[kLanes] = {};
  for (int tap = first; tap < last; ++tap) {
    const std::uint8_t* codes = window + tap / layout_.kernel_w * layout_.row_pitch +
                                tap % layout_.kernel_w * layout_.pixel_pitch + first_channel_ +
                                block * kLanes;
    const std::int8_t* own = taps.data() + std::int64_t{tap} * lanes_ + block * kLanes;
    for (int lane = 0; lane < kLanes; ++lane)
      totals[lane] += (codes[lane] >> shift & mask) * own[lane];
  }
  std::copy_n(totals, kLanes, sums);
}

void DepthwiseSums::sums(const Inputs& inputs, const TileEvaluation& tile, numbers::Sums& cells,
                         numbers::Sums& deviations) const {
  const auto bit = static_cast<std::size_t>(tile.bit);
  for (int p = 0; p < tile.pixels; ++p) {
    const std::uint8_t* window = inputs.map->data() + layout_.window(inputs.first + tile.pixel + p);
    for (int b = 0; b < tile.blocks; ++b) {
      const int at = p * kTilePitch + b * kLanes;
      block_sums(window, cells_[bit], tile, tile.block + b, cells.at + at);
      if (!deviations_.empty())
        block_sums(window, deviations_[bit], tile, tile.block + b, deviations.at + at);
    }
  }
}

}  // namespace

std::unique_ptr<const ChunkSums> make_depthwise_sums(const Cells& cells) {
  return std::make_unique<DepthwiseSums>(cells);
}

}  // namespace cairn::npu::cap
