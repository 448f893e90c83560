#include "models/npu/cores/cap/mapping.hpp"

#include "models/npu/cores/cap/plan.hpp"
#include "models/npu/cores/cap/schedule.hpp"
#include "models/npu/operands.hpp"

namespace cairn::npu::cap {

std::vector<OperatingPoint> operating_points() {
  return {{35'000'000, 1'200, "arXiv 2107.02388: 573.4 GOPS; the voltage is assumed"}};
}

CapMapping::CapMapping(Geometry geometry) : geometry_(std::move(geometry)) {}

const std::vector<ScheduleEntry>& CapMapping::schedules() const {
  static const std::vector<ScheduleEntry> list = {
      {"cap", "layer by layer, input and output in one ring", FeaturePolicy::ring, false}};
  return list;
}

std::string CapMapping::unsupported(const numbers::Layer& layer) const {
  const std::string reason = numbers::invalid(layer);
  if (!reason.empty() || !layer.has_weights() || !has_unstorable_padding(layer)) return reason;
  return "is padded with the zero point " + std::to_string(layer.in_type.zero_point) +
         ", which no feature of " + std::to_string(layer.in_type.bits) + " bits can hold";
}

Plan CapMapping::plan(const numbers::Layer& layer, const PlanRequest& request) const {
  PlanRequest r = request;
  if (r.block_bytes == 0) r.block_bytes = geometry_.weight_bytes / 2;
  if (r.resident_bytes == 0) r.resident_bytes = geometry_.weight_bytes;
  if (r.feature_bits == 0) r.feature_bits = geometry_.feature_bits;
  return cheapest_plan(layer, geometry_, r);
}

std::unique_ptr<LayerSchedule> CapMapping::schedule(const numbers::Layer& layer) const {
  return std::make_unique<CapSchedule>(layer, geometry_, nullptr);
}

}  // namespace cairn::npu::cap
