// The fast kernels behind FastLayer, one class per way of summing a window.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/requantiser.hpp"

namespace cairn::numbers {

/// One layer made ready. `run` is const and keeps its scratch per thread.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual void run(std::span<const std::int16_t> in, std::span<std::int32_t> out,
                   std::uint64_t* overflows) const = 0;
};

/// All input channels into every output channel; convolution with kernel 1 serves fully connected
/// layers. The accumulators must not overflow.
std::unique_ptr<const Kernel> make_convolution(const Layer& layer,
                                               std::span<const std::int8_t> weights,
                                               const Requantiser& requantiser,
                                               const Kernels& kernels);

/// Each output channel from one input channel: depthwise, and with weights of one average pooling
/// and requantise. The accumulators must not overflow. `weights`: kernel_h * kernel_w a channel.
std::unique_ptr<const Kernel> make_depthwise(const Layer& layer,
                                             std::span<const std::int8_t> weights,
                                             const Requantiser& requantiser,
                                             const Kernels& kernels);

std::unique_ptr<const Kernel> make_max_pool(const Layer& layer, const Kernels& kernels);

}  // namespace cairn::numbers
