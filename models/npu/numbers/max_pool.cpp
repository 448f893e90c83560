// Largest feature of a window: 16 channels side by side, padding below every feature.
#include <algorithm>
#include <limits>
#include <vector>

#include "models/npu/numbers/padded_map.hpp"
#include "models/npu/numbers/tap_list.hpp"
#include "models/npu/numbers/window_kernels.hpp"

namespace cairn::numbers {

namespace {

class MaxPool : public Kernel {
 public:
  MaxPool(const Layer& layer, const Kernels& kernels)
      : layer_(layer),
        kernels_(kernels),
        map_(layer, 1, round_up_to_lanes(layer.in.channels), 0,
             std::numeric_limits<std::int16_t>::min()),
        taps_(tap_list(layer, map_)) {}

  void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
           std::uint64_t*) const override {
    const TapWindow window{taps_.data(), static_cast<int>(taps_.size() / 2)};
    const std::int64_t channels = layer_.out.channels;
    Accumulators largest;
    for_each_channel_tile(layer_, map_, map_.make(in), kernels_.channel_tile_pixels,
                          [&](const Tile& tile, std::int64_t first, int block) {
                            kernels_.largest(tile, window, largest.sums);
                            const std::int64_t lanes = std::min(kLanes, channels - block * kLanes);
                            for (int p = 0; p < tile.count; ++p)
                              std::copy_n(largest.sums + p * kLanes, lanes,
                                          out.data() + (first + p) * channels + block * kLanes);
                          });
  }

 private:
  Layer layer_;
  const Kernels& kernels_;
  PaddedMap map_;
  std::vector<std::int64_t> taps_;
};

}  // namespace

std::unique_ptr<const Kernel> make_max_pool(const Layer& layer, const Kernels& kernels) {
  return std::make_unique<MaxPool>(layer, kernels);
}

}  // namespace cairn::numbers
