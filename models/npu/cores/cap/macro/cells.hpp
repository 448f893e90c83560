// What a layer's weights are once they lie in the macro's cells.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/cores/cap/macro/conversion_kernels.hpp"
#include "models/npu/cores/cap/macro/layer_mapping.hpp"
#include "models/npu/cores/cap/macro/macro_instance.hpp"
#include "models/npu/numbers/aligned.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::cap {

/// Some output channels of a layer in an instance. Refers to what it was made from.
class Cells {
 public:
  /// Checks what PhysicalLayer promises to check of its operands.
  Cells(const numbers::Layer& layer, std::span<const std::int8_t> weights,
        numbers::ChannelRange channels, const LayerMapping& mapping, const MacroInstance& macro);

  using Rows = numbers::AlignedVector<std::int8_t>;  ///< [channels][inputs per output]
  /// One weight bit of each cell: 0 or 1, in `differential` -1, 0 or 1.
  Rows bits(int bit) const;
  /// The same times its capacitor's deviation.
  Rows deviations(int bit) const;
  /// The slices of all channels, [chunks][blocks of channels].
  std::vector<SliceLanes> lanes(int bit) const;
  /// Of each channel's weights.
  std::vector<std::int64_t> weight_sums() const;

  const numbers::Layer& layer() const { return layer_; }
  const numbers::ChannelRange& channels() const { return channels_; }
  const LayerMapping& mapping() const { return mapping_; }
  const MacroInstance& macro() const { return macro_; }
  int planes() const { return planes_of(layer_, mapping_.encoding); }
  int blocks() const { return numbers::blocks_of(channels_.count); }

 private:
  template <typename Visit>
  void for_each_row(int bit, Visit visit) const;

  const numbers::Layer& layer_;
  std::span<const std::int8_t> weights_;
  numbers::ChannelRange channels_;
  const LayerMapping& mapping_;
  const MacroInstance& macro_;
};

}  // namespace cairn::npu::cap
