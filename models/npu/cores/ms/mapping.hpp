// Memory-stationary core: geometry, plans and schedules (JSSC 60(8), 2025). Pure: used by the
// compiler and by the shell.
#pragma once

#include "models/npu/mapping.hpp"

namespace cairn::npu::ms {

/// The sizes of the paper where it gives them, else assumed ones.
Geometry defaults();

/// Energy and area at 28 nm, 0.9 V, closed on the published peak of 8.17 TOPS/W and 0.63 TOPS/mm2.
EnergyTable energy(const Geometry& geometry);

/// Schedules `ms` and `ms-fused`: tiles as the request's cost decides, see Candidate. Baselines:
/// `pingpong-ws`, convolutions in tiles of ws_tile input x ws_tile output channels, output channels
/// outermost, each over all pixels, partial sums in memory; `pingpong-os`, output channels in tiles
/// of tco, each over all pixels, its weights streamed for every step where they do not fit at once.
class MsMapping : public Mapping {
 public:
  explicit MsMapping(Geometry geometry);

  std::string_view core() const override { return "ms"; }
  const Geometry& geometry() const override { return geometry_; }
  const std::vector<ScheduleEntry>& schedules() const override;
  std::string unsupported(const numbers::Layer& layer) const override;
  Plan plan(const numbers::Layer& layer, const PlanRequest& request) const override;
  std::unique_ptr<LayerSchedule> schedule(const numbers::Layer& layer) const override;
  std::uint32_t pair_pixels(const numbers::Layer& layer) const override;

 private:
  Geometry geometry_;
};

}  // namespace cairn::npu::ms
