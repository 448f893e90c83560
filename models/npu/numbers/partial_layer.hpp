// A convolution in parts: partial sums over some input channels, and what makes outputs of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/instruction_set.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::numbers {

class ConvolutionSums;

/// Products of some input channels only: what a weight-stationary array adds to its partial sums.
class PartialLayer {
 public:
  /// `layer` is a convolution, or fully connected with one input pixel. `packed` are the bits of
  /// the output channels `out`, all inputs of each; only those of the input channels `in` are
  /// taken.
  PartialLayer(const Layer& layer, const PackedSlice& packed, ChannelRange out, ChannelRange in,
               InstructionSet instructions = best_instruction_set());
  ~PartialLayer();
  PartialLayer(PartialLayer&&) noexcept;
  PartialLayer& operator=(PartialLayer&&) noexcept;

  /// Adds the sums of (q - zero point) * weight of output pixels [first, first + count) to
  /// sums[(p - first) * pitch + channel - out.first]. A sum that leaves int32 saturates and is
  /// counted.
  void accumulate(const FeatureMap& map, std::int64_t first, std::int64_t count,
                  std::span<std::int32_t> sums, std::int64_t pitch, std::uint64_t* overflows) const;

 private:
  Layer layer_;
  std::unique_ptr<const ConvolutionSums> sums_;
  bool is_wide_;                     ///< parts may leave int32
  std::vector<std::int32_t> zeros_;  ///< what the zero point adds, a whole number of blocks
};

/// Finished accumulators, without bias, to codes: what follows the last PartialLayer.
class OutputStage {
 public:
  OutputStage(const Layer& layer, const PackedSlice& packed, ChannelRange channels,
              InstructionSet instructions = best_instruction_set());
  ~OutputStage();
  OutputStage(OutputStage&&) noexcept;
  OutputStage& operator=(OutputStage&&) noexcept;

  /// `pixels` pixels of sums[p * sums_pitch] to out[p * pitch]; the second for raw accumulators.
  void run(std::span<const std::int32_t> sums, std::int64_t sums_pitch, std::int64_t pixels,
           std::span<std::uint8_t> out, std::int64_t pitch, std::uint64_t* overflows) const;
  void run(std::span<const std::int32_t> sums, std::int64_t sums_pitch, std::int64_t pixels,
           std::span<std::int32_t> out, std::int64_t pitch, std::uint64_t* overflows) const;

 private:
  struct Stage;
  std::unique_ptr<const Stage> stage_;
};

}  // namespace cairn::numbers
