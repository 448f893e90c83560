// CAP-RAM: geometry, plans and schedules (JSSC 56(6), 2021, arXiv 2107.02388). Pure: used by the
// compiler and by the shell.
#pragma once

#include "models/npu/converter_ranges.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::npu::cap {

/// The sizes of the paper where it gives them, else assumed ones.
Geometry defaults();

/// Energy and area at 65 nm, closed on the published 49.4 TOPS/W of the macro.
EnergyTable energy(const Geometry& geometry);

/// 35 MHz: an evaluation a cycle, so that the macro reaches the published 573.4 GOPS.
std::vector<OperatingPoint> operating_points();

/// One schedule: layer by layer, input and output in one ring. The weights of the whole network lie
/// in the cells, or with Geometry::reload come with each tile.
class CapMapping : public Mapping, public ConverterRanges {
 public:
  explicit CapMapping(Geometry geometry);

  std::string_view core() const override { return "cap"; }
  const Geometry& geometry() const override { return geometry_; }
  const std::vector<ScheduleEntry>& schedules() const override;
  std::string unsupported(const numbers::Layer& layer) const override;
  Plan plan(const numbers::Layer& layer, const PlanRequest& request) const override;
  /// Of tiles that bring their weights with them.
  std::unique_ptr<LayerSchedule> schedule(const numbers::Layer& layer) const override;
  /// Nothing with Geometry::reload: tiles then bring their weights.
  CellPlan place_cells(std::span<const numbers::Layer> layers) const override;
  std::vector<std::vector<std::uint8_t>> cell_bits(
      const numbers::Layer& layer, std::span<const std::int8_t> weights) const override;
  /// The smallest at which one conversion in 10,000 of ideal ones clips, at most full range.
  std::uint16_t adc_step(const numbers::Layer& layer, std::span<const std::int8_t> weights,
                         std::span<const std::int16_t> features) const override;
  std::uint16_t described_step(const numbers::Layer& layer, int step) const override;
  /// No pairs: the core has no buffer for the pixels between two layers.
  std::uint32_t pair_pixels(const numbers::Layer&) const override { return 0; }

 private:
  const Geometry geometry_;
};

}  // namespace cairn::npu::cap
