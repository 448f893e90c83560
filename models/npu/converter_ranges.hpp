// What a core with analogue-to-digital converters adds to its mapping.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

class ConverterRanges {
 public:
  virtual ~ConverterRanges() = default;
  /// The step of the converters (Tile::adc_step) for a layer with weights, from whole input maps
  /// one behind the other. Throws InputError if the core has no physical mode with its geometry.
  virtual std::uint16_t adc_step(const numbers::Layer& layer, std::span<const std::int8_t> weights,
                                 std::span<const std::int16_t> features) const = 0;
  /// The same from what a network's description says, a step for the default resolution: the range
  /// stays, and is at most the full one.
  virtual std::uint16_t described_step(const numbers::Layer& layer, int step) const = 0;
};

}  // namespace cairn::npu
