// Sums over a window channel by channel: 16 channels side by side, two taps at a time.
#include <vector>

#include "models/npu/numbers/aligned.hpp"
#include "models/npu/numbers/padded_map.hpp"
#include "models/npu/numbers/tap_list.hpp"
#include "models/npu/numbers/window_kernels.hpp"

namespace cairn::numbers {

namespace {

class Depthwise : public Kernel {
 public:
  Depthwise(const Layer& layer, std::span<const std::int8_t> weights,
            const Requantiser& requantiser, const Kernels& kernels)
      : layer_(layer),
        requantiser_(requantiser),
        kernels_(kernels),
        map_(layer, layer.out.channels / layer.in.channels, round_up_to_lanes(layer.out.channels),
             0, static_cast<std::int16_t>(layer.in_type.zero_point)),
        taps_(tap_list(layer, map_)),
        block_weights_(taps_.size() * kLanes),
        weights_(map_.pixel_pitch() * taps_.size()) {
    const std::size_t taps = std::size_t(layer.kernel_h) * layer.kernel_w;
    for (std::int64_t at = 0; at < map_.pixel_pitch(); ++at) {
      const std::int64_t channel = at / kLanes * kLanes + kLaneOrder[at % kLanes];
      if (channel >= layer.out.channels) continue;
      for (std::size_t tap = 0; tap < taps; ++tap)
        weights_[at / kLanes * block_weights_ + (tap / 2 * kLanes + at % kLanes) * 2 + tap % 2] =
            std::int16_t{weights[channel * taps + tap]};
    }
  }

  void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
           std::uint64_t*) const override {
    const TapWindow window{taps_.data(), static_cast<int>(taps_.size() / 2)};
    Accumulators accumulators;
    for_each_channel_tile(layer_, map_, map_.make(in), kernels_.channel_tile_pixels,
                          [&](const Tile& tile, std::int64_t first, int block) {
                            kernels_.convolve_channels(tile, window,
                                                       weights_.data() + block * block_weights_,
                                                       accumulators.sums);
                            requantiser_.run(kernels_, accumulators.sums, tile.count, block,
                                             out.data() + first * layer_.out.channels);
                          });
  }

 private:
  Layer layer_;
  Requantiser requantiser_;
  const Kernels& kernels_;
  PaddedMap map_;
  std::vector<std::int64_t> taps_;
  std::size_t block_weights_;
  Operands weights_;
};

}  // namespace

std::unique_ptr<const Kernel> make_depthwise(const Layer& layer,
                                             std::span<const std::int8_t> weights,
                                             const Requantiser& requantiser,
                                             const Kernels& kernels) {
  return std::make_unique<Depthwise>(layer, weights, requantiser, kernels);
}

}  // namespace cairn::numbers
