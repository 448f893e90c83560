// The fast kernels: output channels of one layer with their weights made ready, equal to the
// reference bit for bit.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/instruction_set.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/packing.hpp"
#include "models/npu/numbers/workers.hpp"

namespace cairn::numbers {

class LayerKernel;

/// A slice of a layer's output channels. Copies what it needs of weights and table. `run` may be
/// called from several threads at once.
class FastLayer {
 public:
  /// From the SRAM's bits. std::length_error where they are too few. The layer must be valid:
  /// invalid(layer) is empty. `workers` share the work of this constructor and of `run` where that
  /// pays; they must outlive the layer.
  FastLayer(const Layer& layer, const PackedSlice& packed, ChannelRange channels,
            InstructionSet instructions = best_instruction_set(), Workers* workers = nullptr);
  /// All channels, from integers; sizes as for reference().
  FastLayer(const Layer& layer, std::span<const std::int8_t> weights, const Table& table,
            InstructionSet instructions = best_instruction_set(), Workers* workers = nullptr);
  ~FastLayer();
  FastLayer(FastLayer&&) noexcept;
  FastLayer& operator=(FastLayer&&) noexcept;

  const Layer& layer() const { return layer_; }
  ChannelRange channels() const { return channels_; }
  /// True if an accumulator might leave int32, or padding has no code: exact all the same, but the
  /// requantisation is one output at a time.
  bool is_wide() const;

  /// Output pixels [first, first + count) of this slice's channels, as codes (see FeatureMap),
  /// pixel p's at out[(p - first) * pitch]. The map must be this layer's. Adds to `*overflows` as
  /// reference() does. std::invalid_argument for a layer whose outputs are raw accumulators.
  void run(const FeatureMap& map, std::int64_t first, std::int64_t count,
           std::span<std::uint8_t> out, std::int64_t pitch, std::uint64_t* overflows) const;
  /// The same for raw accumulators (out_type.bits is kAccumulatorBits).
  void run(const FeatureMap& map, std::int64_t first, std::int64_t count,
           std::span<std::int32_t> out, std::int64_t pitch, std::uint64_t* overflows) const;

 private:
  Layer layer_;
  ChannelRange channels_;
  std::unique_ptr<const LayerKernel> kernel_;
};

}  // namespace cairn::numbers
