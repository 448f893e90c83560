// The weights of some output channels, from integers or from packed bits.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::numbers {

/// Channels count from the slice's first. Refers to what it was made from.
class WeightRows {
 public:
  WeightRows(const Layer& layer, const PackedSlice& packed)
      : layer_(layer), packed_(packed), inputs_(layer.inputs_per_output()) {}
  WeightRows(const Layer& layer, std::span<const std::int8_t> integers)
      : layer_(layer), integers_(integers), inputs_(layer.inputs_per_output()) {}

  /// Weights [first, first + out.size()) of one channel.
  void read(int channel, std::int64_t first, std::span<std::int8_t> out) const;

 private:
  const Layer& layer_;
  PackedSlice packed_;
  std::span<const std::int8_t> integers_;
  std::int64_t inputs_;
};

}  // namespace cairn::numbers
