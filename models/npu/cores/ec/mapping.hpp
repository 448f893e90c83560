// Entry-counting core: geometry, plans and schedules (JETCAS 10(3), 2020). Pure: used by the
// compiler and by the shell.
#pragma once

#include "models/npu/cores/ec/dataflow.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::npu::ec {

/// The sizes of the paper where it gives them, else assumed ones.
Geometry defaults();

/// Energy and area at 65 nm, 1.01 V, closed on the published 11.6 TOPS/W of the macro.
EnergyTable energy(const Geometry& geometry);

/// 143 MHz at 1.23 V, the default, and 40 MHz at 1.01 V.
std::vector<OperatingPoint> operating_points();

/// One schedule: layer by layer, input and output in one ring. A layer's weights stay in the weight
/// SRAM or stream through it in chunks of output channels, for blocks of rows: the cheapest by
/// counted accesses, see plan().
class EcMapping : public Mapping {
 public:
  explicit EcMapping(Geometry geometry);

  std::string_view core() const override { return "ec"; }
  const Geometry& geometry() const override { return geometry_; }
  const std::vector<ScheduleEntry>& schedules() const override;
  std::string unsupported(const numbers::Layer& layer) const override;
  Plan plan(const numbers::Layer& layer, const PlanRequest& request) const override;
  std::unique_ptr<LayerSchedule> schedule(const numbers::Layer& layer) const override;
  /// No pairs: the core has no buffer for the pixels between two layers.
  std::uint32_t pair_pixels(const numbers::Layer&) const override { return 0; }

 private:
  const Geometry geometry_;
};

}  // namespace cairn::npu::ec
