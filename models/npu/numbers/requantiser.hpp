// A layer's requantisation laid out for vectors: from a block of sums to a block of outputs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::numbers {

/// What a layer's accumulators can reach, from its weights.
struct AccumulatorRange {
  std::vector<std::int32_t>
      offset;  ///< [out.channels]: bias - zero point * sum of weights, modulo 2^32
  std::vector<std::int64_t> bound;  ///< [out.channels]: no |accumulator with bias| is larger
  bool may_overflow = false;        ///< some bound is outside int32
};

/// `weights` holds `inputs` weights a channel. An operand's magnitude is the type's largest |q -
/// zero_point|.
AccumulatorRange accumulator_range(const Layer& layer, std::span<const std::int8_t> weights,
                                   std::size_t inputs, const Table& table);

/// Arrays are [out.channels rounded up to kLanes] unless noted; the lanes above the channels are
/// harmless.
class Requantiser {
 public:
  /// scalar: some channel's multiplier or shift is beyond what the vector forms handle exactly.
  enum class Form : std::uint8_t { none, single, tflite, thresholds, scalar };

  Requantiser(const Layer& layer, const Table& table, const AccumulatorRange& range);

  /// Sums to outputs; `sums` are [pixels][kLanes] of block `block`, `out` is the tensor from the
  /// first pixel on, the pixels being consecutive.
  void run(const Kernels& kernels, const std::int32_t* sums, int pixels, int block,
           std::int32_t* out) const;

  Form form = Form::none;
  std::int32_t low = 0, high = 0, zero_point = 0;
  std::vector<std::int32_t> offset;  ///< added to the sums first
  std::vector<std::int32_t> multiplier;
  /// single: output = low half of ((sum * multiplier + round) >>> shift) + rebase. `round` holds
  /// the half and 2^63, so that a logical shift does what an arithmetic one would; `rebase` takes
  /// 2^63 >> shift away and adds the zero point. Even channels of each 8, then odd ones.
  std::vector<std::uint64_t> round, shift;
  std::vector<std::int32_t> rebase;
  /// tflite: sum << left, high multiply, then rounding division by 2^right, `mask` = 2^right - 1.
  std::vector<std::int32_t> left, right, mask;
  /// thresholds: low + #{t : (sum ^ flip) >= t}; flip is -1 where descending, which mirrors sums
  /// and thresholds.
  std::vector<std::int32_t> flip;
  std::vector<std::int32_t> thresholds;  ///< [threshold][channels rounded up]
  int threshold_count = 0;

 private:
  void prepare_single(const AccumulatorRange& range);
  void prepare_tflite(const AccumulatorRange& range);
  void prepare_thresholds();
  void run_scalar(const std::int32_t* sums, int pixels, int block, std::int32_t* out) const;

  Layer layer_;
  Table table_;  ///< without its bias, which is in `offset`
};

}  // namespace cairn::numbers
