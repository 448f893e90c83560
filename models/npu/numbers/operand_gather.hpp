// The operands of output pixels side by side: a row of bytes for each pixel.
#pragma once

#include <cstdint>

#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/map_layout.hpp"
#include "models/npu/numbers/weight_panels.hpp"

namespace cairn::numbers {

/// Pointwise layers read the map as it lies; other windows are copied (im2col).
class OperandGather {
 public:
  /// Takes the input channels `in` of each tap.
  OperandGather(const Layer& layer, ChannelRange in, const Kernels& kernels);

  /// Rows of output pixels [first, first + count), pitch() bytes apart, valid until this thread's
  /// next call. Rows are readable up to a multiple of 16 pixels and of the kernels' operand step.
  const std::uint8_t* rows(const FeatureMap& map, std::int64_t first, std::int64_t count) const;

  std::int64_t pitch() const { return pitch_; }
  std::int64_t operands() const { return std::int64_t{taps()} * in_.count; }
  int taps() const { return layout_.kernel_h * layout_.kernel_w; }
  const MapLayout& layout() const { return layout_; }
  /// Which weights of an output channel meet these operands.
  WeightRuns weight_runs() const;
  /// True if the tap of that output pixel lies inside the input, not in the padding.
  bool is_inside(std::int64_t pixel, int tap) const;

 private:
  const Kernels& kernels_;
  MapLayout layout_;
  Shape input_;
  ChannelRange in_;
  bool is_view_;
  std::int64_t pitch_;
};

}  // namespace cairn::numbers
