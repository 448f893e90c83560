// Convolution without im2col: the operands of a window's row lie side by side in an NHWC map.
#include <algorithm>
#include <vector>

#include "models/npu/numbers/aligned.hpp"
#include "models/npu/numbers/padded_map.hpp"
#include "models/npu/numbers/window_kernels.hpp"

namespace cairn::numbers {

namespace {

/// Output pixels between two passes over the channel blocks: their part of the map stays in the
/// cache.
constexpr std::int64_t kChunkBytes = 98'304;

class Convolution : public Kernel {
 public:
  Convolution(const Layer& layer, std::span<const std::int8_t> weights,
              const Requantiser& requantiser, const Kernels& kernels)
      : layer_(layer),
        requantiser_(requantiser),
        kernels_(kernels),
        map_(layer, 1, layer.in.channels, layer.kernel_w * layer.in.channels % 2,
             static_cast<std::int16_t>(layer.in_type.zero_point)),
        blocks_(round_up_to_lanes(layer.out.channels) / static_cast<int>(kLanes)) {
    window_.rows = layer.kernel_h;
    window_.pairs = (layer.kernel_w * layer.in.channels + 1) / 2;
    window_.row_pitch = map_.row_pitch();
    window_.block_weights = std::int64_t{window_.rows} * window_.pairs * kLanes * 2;
    weights_.resize(blocks_ * window_.block_weights);
    for (int channel = 0; channel < layer.out.channels; ++channel)
      for (int row = 0; row < window_.rows; ++row)
        place_row(channel, row, weights);
    const std::int64_t pixel_bytes = map_.row_pitch() * 2 * layer.stride_h / layer.out.width + 1;
    chunk_ = std::max<std::int64_t>(kChunkBytes / pixel_bytes / kernels.tile_pixels, 4) *
             kernels.tile_pixels;
  }

  void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
           std::uint64_t*) const override {
    const std::int16_t* map = map_.make(in);
    const std::int64_t pixels = layer_.out.pixels();
    for (std::int64_t first = 0; first < pixels; first += chunk_)
      for (int block = 0; block < blocks_; block += kernels_.tile_blocks)
        run_blocks(map, first, std::min(first + chunk_, pixels), block, out);
  }

 private:
  /// Puts the weights of one row of one channel's window where the kernels expect them.
  void place_row(int channel, int row, std::span<const std::int8_t> weights) {
    const int operands = layer_.kernel_w * layer_.in.channels;
    const std::int8_t* from =
        weights.data() + (std::int64_t{channel} * window_.rows + row) * operands;
    std::int16_t* to = weights_.data() + channel / kLanes * window_.block_weights +
                       (std::int64_t{row} * window_.pairs * kLanes + channel % kLanes) * 2;
    for (int i = 0; i + 2 <= operands; i += 2, to += 2 * kLanes) {
      to[0] = std::int16_t{from[i]};
      to[1] = std::int16_t{from[i + 1]};
    }
    if (operands % 2 != 0) to[0] = std::int16_t{from[operands - 1]};
  }

  /// The output pixels [first, last) of one tile's channel blocks.
  void run_blocks(const std::int16_t* map, std::int64_t first, std::int64_t last, int block,
                  std::span<std::int32_t> out) const {
    const int blocks = std::min(kernels_.tile_blocks, blocks_ - block);
    Accumulators accumulators;
    Tile tile{};
    for (std::int64_t pixel = first; pixel < last; pixel += tile.count) {
      map_.fill(tile, map, pixel,
                static_cast<int>(std::min<std::int64_t>(kernels_.tile_pixels, last - pixel)));
      kernels_.convolve(tile, window_, weights_.data() + block * window_.block_weights, blocks,
                        accumulators.sums);
      for (int b = 0; b < blocks; ++b)
        requantiser_.run(kernels_, accumulators.sums + std::int64_t{b} * tile.count * kLanes,
                         tile.count, block + b, out.data() + pixel * layer_.out.channels);
    }
  }

  Layer layer_;
  Requantiser requantiser_;
  const Kernels& kernels_;
  PaddedMap map_;
  int blocks_;
  PairedWindow window_{};
  Operands weights_;
  std::int64_t chunk_;
};

}  // namespace

std::unique_ptr<const Kernel> make_convolution(const Layer& layer,
                                               std::span<const std::int8_t> weights,
                                               const Requantiser& requantiser,
                                               const Kernels& kernels) {
  return std::make_unique<Convolution>(layer, weights, requantiser, kernels);
}

}  // namespace cairn::numbers
