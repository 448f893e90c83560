// The range that a layer's converters need: from what its chunks' sums are on sample inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/npu/cores/cap/macro/layer_mapping.hpp"
#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::cap {

class ChunkSums;

/// A histogram of the ideal sums of all conversions of a layer. Where its weights lie makes no
/// difference to it.
class RangeSearch {
 public:
  /// All channels of a valid layer, `weights` as for numbers::reference. std::invalid_argument as
  /// PhysicalLayer.
  RangeSearch(const numbers::Layer& layer, std::span<const std::int8_t> weights, Encoding encoding,
              int dac_bits);
  ~RangeSearch();
  RangeSearch(RangeSearch&&) noexcept;
  RangeSearch& operator=(RangeSearch&&) noexcept;

  /// Counts the sums of one input, all output pixels.
  void add(const numbers::FeatureMap& map);

  /// The smallest LSB, in 1/16 accumulator units, at which an ideal converter clips at most this
  /// part of the counted sums; 1 without any. At full range a sum of 128 times the highest code
  /// may still clip, by one code.
  int smallest_lsb(int adc_bits, double clipped = 1e-4) const;
  std::int64_t conversions() const { return conversions_; }

 private:
  numbers::Layer layer_;
  Encoding encoding_;
  int dac_bits_, planes_, blocks_;
  std::unique_ptr<const ChunkSums> sums_;
  std::int64_t conversions_ = 0;
  std::vector<std::int64_t> counts_;  ///< of sums from `lowest()` on

  std::int64_t lowest() const;
};

}  // namespace cairn::npu::cap
