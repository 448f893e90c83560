#include "models/npu/cores/ec/mapping.hpp"

#include "models/npu/cores/ec/counting_plan.hpp"
#include "models/npu/cores/ec/plan.hpp"
#include "models/npu/cores/ec/schedule.hpp"

namespace cairn::npu::ec {

std::vector<OperatingPoint> operating_points() {
  return {{143'000'000, 1'230, "JETCAS 10(3), 2020: 3.58 GOPS"},
          {40'000'000, 1'010, "JETCAS 10(3), 2020: 11.6 TOPS/W"}};
}

EcMapping::EcMapping(Geometry geometry) : geometry_(std::move(geometry)) {}

const std::vector<ScheduleEntry>& EcMapping::schedules() const {
  static const std::vector<ScheduleEntry> list = {
      {"ec", "layer by layer, input and output in one ring", FeaturePolicy::ring, false}};
  return list;
}

std::string EcMapping::unsupported(const numbers::Layer& layer) const {
  const std::string reason = numbers::invalid(layer);
  return reason.empty() ? uncountable(layer, counting_of(geometry_)) : reason;
}

Plan EcMapping::plan(const numbers::Layer& layer, const PlanRequest& request) const {
  PlanRequest r = request;
  if (r.block_bytes == 0) r.block_bytes = geometry_.weight_bytes / 2;
  if (r.resident_bytes == 0) r.resident_bytes = geometry_.weight_bytes;
  if (r.feature_bits == 0) r.feature_bits = geometry_.feature_bits;
  return cheapest_plan(layer, geometry_, r);
}

std::unique_ptr<LayerSchedule> EcMapping::schedule(const numbers::Layer& layer) const {
  return std::make_unique<EcSchedule>(layer, geometry_);
}

}  // namespace cairn::npu::ec
