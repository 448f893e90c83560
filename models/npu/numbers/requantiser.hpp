// The requantisation of some output channels laid out for vectors: from sums to codes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/numbers/aligned.hpp"
#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers {

/// Arrays are [channels rounded up to kLanes] unless noted; the lanes above the channels are
/// harmless. An accumulator with its bias is sum + offset.
class Requantiser {
 public:
  /// scalar: some channel's multiplier, shift or sum is beyond what the vector forms handle
  /// exactly.
  enum class Form : std::uint8_t { none, single, tflite, thresholds, scalar };

  /// `layer` has the slice's channels as out.channels, `table` is the slice's. `zero`: what is
  /// subtracted from each sum of codes times weights, [channels]. `bound`: no |accumulator| without
  /// bias is larger.
  Requantiser(const Layer& layer, Table table, std::span<const std::int64_t> zero,
              std::int64_t bound);

  /// A tile's sums to codes, from `channel` (a multiple of kLanes) on, at most kLanes of them.
  void codes(const Kernels& kernels, const std::int32_t* sums, std::int64_t sums_pitch, int pixels,
             int channel, std::uint8_t* out, std::int64_t out_pitch,
             std::uint64_t* overflows) const;
  /// The same to raw accumulators.
  void accumulators(const std::int32_t* sums, std::int64_t sums_pitch, int pixels, int channel,
                    std::int32_t* out, std::int64_t out_pitch, std::uint64_t* overflows) const;
  /// One output from its sum: as reference(), a code if the layer's outputs are features.
  std::int32_t output(std::int64_t sum, int channel, std::uint64_t* overflows) const {
    return exact(sum + wide_offset_[static_cast<std::size_t>(channel)], channel, overflows);
  }
  /// One output from its accumulator with bias.
  std::int32_t exact(std::int64_t accumulator, int channel, std::uint64_t* overflows) const;

  /// True if some accumulator may leave int32.
  bool may_overflow() const { return may_overflow_; }
  std::int64_t bias(int channel) const {
    return bias_.empty() ? 0 : bias_[static_cast<std::size_t>(channel)];
  }

  Form form = Form::none;
  std::int32_t top = 0;                ///< the highest code
  AlignedVector<std::int32_t> offset;  ///< added to the sums first
  AlignedVector<std::int32_t> multiplier;
  /// single: code = low half of ((sum * multiplier + round) >>> shift) + rebase, clamped. `round`
  /// holds the half and 2^63, so that a logical shift does what an arithmetic one would; `rebase`
  /// takes 2^63 >> shift away, adds the zero point and subtracts the lowest feature. Even channels
  /// of each 8, then odd ones.
  AlignedVector<std::uint64_t> round, shift;
  AlignedVector<std::int32_t> rebase;
  /// tflite: sum << left, high multiply, then rounding division by 2^right, `mask` = 2^right - 1;
  /// then the zero point less the lowest feature, in `rebase`.
  AlignedVector<std::int32_t> left, right, mask;
  /// thresholds: code = #{t : (sum ^ flip) >= t}; flip is -1 where descending, which mirrors sums
  /// and thresholds. Ascending in each channel.
  AlignedVector<std::int32_t> flip;
  AlignedVector<std::int32_t> thresholds;  ///< [threshold][channels rounded up]
  int threshold_count = 0;

 private:
  void prepare_single(std::int64_t bound);
  void prepare_tflite(std::int64_t bound);
  void prepare_thresholds();

  Layer layer_;
  Table table_;  ///< without its bias
  std::vector<std::int32_t> bias_;
  std::vector<std::int64_t> wide_offset_;  ///< [channels]: bias less zero
  bool may_overflow_ = false;
};

}  // namespace cairn::numbers
