#include "models/npu/cores/cap/macro/physical_layer.hpp"

#include "models/npu/cores/cap/macro/physical_kernel.hpp"

namespace cairn::npu::cap {

PhysicalLayer::PhysicalLayer(const numbers::Layer& layer, std::span<const std::int8_t> weights,
                             numbers::ChannelRange channels, const LayerMapping& mapping,
                             const MacroInstance& macro, numbers::InstructionSet instructions,
                             numbers::Workers* workers)
    : kernel_(std::make_unique<PhysicalKernel>(Cells(layer, weights, channels, mapping, macro),
                                               instructions, workers)) {}

PhysicalLayer::~PhysicalLayer() = default;
PhysicalLayer::PhysicalLayer(PhysicalLayer&&) noexcept = default;
PhysicalLayer& PhysicalLayer::operator=(PhysicalLayer&&) noexcept = default;

void PhysicalLayer::run(const numbers::FeatureMap& map, std::int64_t first, std::int64_t count,
                        std::uint64_t inference, std::span<std::int32_t> sums, std::int64_t pitch,
                        std::uint64_t* overflows) const {
  kernel_->run(map, first, count, inference, sums, pitch, overflows);
}

std::int64_t PhysicalLayer::conversions_per_pixel() const {
  return kernel_->conversions_per_pixel();
}

}  // namespace cairn::npu::cap
