// The array of bit-serial lanes: what a pass over it costs.
#pragma once

#include <cstdint>

#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::ms {

/// `pixels` x `channels` outputs at once, each with `lanes` lanes of `products` one-bit products a
/// cycle. How an operation uses it:
///
/// convolution, fully connected: taps and input channels share the lanes.
/// depthwise, pooling: the taps of the output's own channel share the lanes. A pool has no weights:
/// its features pass the array as products with one 1-bit operand, to be added or compared.
/// requantise: one such product.
/// add: two products, each a feature times its 16-bit scale; both take as long as the wider
/// feature.
struct Array {
  explicit Array(const Geometry& geometry);

  /// Passes over the array for so many output channels.
  std::uint64_t passes(std::uint64_t output_channels) const {
    return (output_channels + channels - 1) / channels;
  }
  /// Cycles of one pass with `inputs` of the input channels: operands in groups of `lanes`, bit
  /// products carried across cycles, so that a 4b x 3b group costs 3/4 of a cycle.
  std::uint64_t pass_cycles(const numbers::Layer& layer, std::uint64_t inputs) const;

  std::uint32_t pixels, channels, lanes, products;
  std::uint32_t drain_cycles;  ///< paid once a layer
};

/// True where output channels read their own input channel only.
bool is_channelwise(const numbers::Layer& layer);

/// Bits of one input pixel as a tile reads it: `inputs` channels, of both inputs of an addition.
std::uint64_t pixel_bits(const numbers::Layer& layer, std::uint64_t inputs);

}  // namespace cairn::npu::ms
