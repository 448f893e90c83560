// The fast kernels of the macro: output channels of one layer with their cells made ready, equal to
// the oracle bit for bit.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "models/npu/cores/cap/macro/layer_mapping.hpp"
#include "models/npu/cores/cap/macro/macro_instance.hpp"
#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/instruction_set.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/workers.hpp"

namespace cairn::npu::cap {

class PhysicalKernel;

/// A slice of a layer's output channels; convolution, depthwise or fully connected. Results depend
/// neither on the instruction set nor on the threads, nor on how channels or pixels are cut.
/// `run` may be called from several threads at once.
class PhysicalLayer {
 public:
  /// `weights`: of `channels`, [channels.count][layer.inputs_per_output()]. The macro and the
  /// workers must outlive the layer; workers share the work of the constructor and of `run` where
  /// that pays. The layer must be valid: numbers::invalid(layer) is empty.
  /// std::invalid_argument: another operation; invalid(mapping, ...) is not empty; a weight that
  /// the encoding does not have; padding whose zero point is no code.
  PhysicalLayer(const numbers::Layer& layer, std::span<const std::int8_t> weights,
                numbers::ChannelRange channels, const LayerMapping& mapping,
                const MacroInstance& macro,
                numbers::InstructionSet instructions = numbers::best_instruction_set(),
                numbers::Workers* workers = nullptr);
  ~PhysicalLayer();
  PhysicalLayer(PhysicalLayer&&) noexcept;
  PhysicalLayer& operator=(PhysicalLayer&&) noexcept;

  /// Accumulators without bias (what numbers::OutputStage takes) of output pixels
  /// [first, first + count), raster order: sums[(p - first) * pitch + channel - channels.first].
  /// The map must be this layer's. `inference` gives each inference its own noise. A sum that
  /// leaves int32 saturates and adds one to `*overflows` (which may be null).
  void run(const numbers::FeatureMap& map, std::int64_t first, std::int64_t count,
           std::uint64_t inference, std::span<std::int32_t> sums, std::int64_t pitch,
           std::uint64_t* overflows) const;

  /// Conversions of one output pixel: channels x chunks x DAC slices x weight bits.
  std::int64_t conversions_per_pixel() const;

 private:
  std::unique_ptr<const PhysicalKernel> kernel_;
};

}  // namespace cairn::npu::cap
