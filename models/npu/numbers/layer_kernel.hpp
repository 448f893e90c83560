// The kernels behind FastLayer, one class per way of summing a window.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/requantiser.hpp"
#include "models/npu/numbers/weight_rows.hpp"
#include "models/npu/numbers/workers.hpp"

namespace cairn::numbers {

/// Where outputs go: one of the two pointers is set. Pixel p of a run is at [p * pitch].
struct Outputs {
  std::uint8_t* codes = nullptr;
  std::int32_t* accumulators = nullptr;
  std::int64_t pitch = 0;
};

/// One slice made ready. `run` is const and keeps its scratch per thread.
class LayerKernel {
 public:
  virtual ~LayerKernel() = default;
  virtual void run(const FeatureMap& map, std::int64_t first, std::int64_t count,
                   const Outputs& out, std::uint64_t* overflows) const = 0;
  virtual bool is_wide() const = 0;
};

/// A tile's sums of one block to where they belong.
void put_block(const Requantiser& requantiser, const Kernels& kernels, const std::int32_t* sums,
               std::int64_t sums_pitch, int pixels, int channel, const Outputs& out,
               std::int64_t first, std::uint64_t* overflows);
inline void put_output(const Outputs& out, std::int64_t pixel, int channel, std::int32_t value) {
  if (out.codes != nullptr)
    out.codes[pixel * out.pitch + channel] = static_cast<std::uint8_t>(value);
  else
    out.accumulators[pixel * out.pitch + channel] = value;
}

/// Largest |q - zero point| of a type.
std::int64_t largest_operand(const FeatureType& type);
/// The layer with only these output channels, for what is per channel (table, requantisation).
Layer slice_layer(const Layer& layer, const ChannelRange& channels);

/// All input channels into every output channel; fully connected layers, too.
std::unique_ptr<const LayerKernel> make_convolution(const Layer& layer, const WeightRows& weights,
                                                    Table table, ChannelRange channels,
                                                    const Kernels& kernels, Workers* workers);
/// Each output channel from one input channel: depthwise, average pooling, requantise, add.
std::unique_ptr<const LayerKernel> make_channelwise(const Layer& layer, const WeightRows& weights,
                                                    Table table, ChannelRange channels,
                                                    const Kernels& kernels);
std::unique_ptr<const LayerKernel> make_max_pool(const Layer& layer, ChannelRange channels,
                                                 const Kernels& kernels);

}  // namespace cairn::numbers
