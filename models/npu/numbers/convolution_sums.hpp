// The accumulators of a convolution, tile by tile: operand rows times weight panels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/operand_gather.hpp"
#include "models/npu/numbers/weight_panels.hpp"
#include "models/npu/numbers/weight_rows.hpp"

namespace cairn::numbers {

/// A slice of input and output channels, without bias. A fully connected layer takes all inputs, or
/// has one input pixel.
class ConvolutionSums {
 public:
  ConvolutionSums(const Layer& layer, const WeightRows& weights, int out_channels, ChannelRange in,
                  const Kernels& kernels, Workers* workers);

  /// Some of a run's pixels (counted from its first), some of the channel blocks.
  struct Part {
    std::int64_t pixel, pixels;
    int block, blocks;
  };
  /// A run of `pixels` cut for `threads` threads: one part where more are not worth it.
  std::vector<Part> parts(std::int64_t pixels, int threads) const;
  Part whole(std::int64_t pixels) const { return {0, pixels, 0, panels_.blocks()}; }

  /// Some output pixels and channel blocks. `pixel` counts from the first one of the run.
  struct Tile {
    OperandRows rows;
    std::int64_t pixel;
    int block;

    int first_channel() const { return block * kLanes; }
  };

  /// Calls visit(tile) for all tiles of a part; `first` is the run's first output pixel.
  template <typename Visit>
  void for_each_tile(const FeatureMap& map, std::int64_t first, const Part& part,
                     Visit visit) const {
    const std::int64_t chunk = chunk_pixels(part.blocks), last = part.pixel + part.pixels;
    kernels_.begin();
    for (std::int64_t begin = part.pixel; begin < last; begin += chunk) {
      const std::int64_t here = std::min(chunk, last - begin);
      const std::uint8_t* rows = gather_.rows(map, first + begin, here);
      for (int block = part.block; block < part.block + part.blocks; block += kTileBlocks)
        for (std::int64_t p = 0; p < here; p += kTilePixels)
          visit(Tile{{rows + p * gather_.pitch(), gather_.pitch(),
                      static_cast<int>(std::min<std::int64_t>(kTilePixels, here - p))},
                     begin + p,
                     block});
    }
    kernels_.end();
  }

  /// Sums of codes times weights: the accumulators plus zeros(). Not if must_be_wide().
  void products(const Tile& tile, Sums& sums) const {
    kernels_.products(tile.rows, panels_.panel(tile.block), sums.at);
  }
  /// The accumulators themselves, [pixel][kTilePitch]; `first` is the run's first output pixel.
  std::vector<std::int64_t> wide(const Tile& tile, std::int64_t first) const;

  /// True if sums of products may leave int32, or padding has no code.
  bool must_be_wide() const { return must_be_wide_; }
  /// What the zero point adds to each channel's sum of products where all its taps have codes.
  const std::vector<std::int64_t>& zeros() const { return zeros_; }
  std::int64_t bound() const { return bound_; }  ///< no |accumulator| is larger
  int channels() const { return channels_; }
  const Kernels& kernels() const { return kernels_; }

 private:
  std::int64_t chunk_pixels(int blocks) const;
  std::int64_t zeros_within(std::int64_t pixel, int channel) const;

  std::int64_t zero_;
  OperandGather gather_;
  int channels_;
  const Kernels& kernels_;
  WeightPanels panels_;
  std::vector<std::int64_t> zeros_;
  std::int64_t bound_;
  bool has_padding_code_;
  bool must_be_wide_;
  std::vector<std::vector<std::int64_t>> tap_sums_;  ///< [tap][channel], if padding has no code
};

}  // namespace cairn::numbers
