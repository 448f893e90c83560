#include "models/npu/cores/ms/mapping.hpp"

#include <limits>

#include "models/npu/cores/ms/plan.hpp"
#include "models/npu/cores/ms/schedule.hpp"

namespace cairn::npu::ms {

namespace {

constexpr std::string_view kWeightStationary = "pingpong-ws", kOutputStationary = "pingpong-os";

}  // namespace

MsMapping::MsMapping(Geometry geometry) : geometry_(std::move(geometry)) {}

const std::vector<ScheduleEntry>& MsMapping::schedules() const {
  static const std::vector<ScheduleEntry> list = {
      {"ms", "layer by layer, input and output in one ring", FeaturePolicy::ring, false},
      {"ms-fused",
       "as ms; first convolution and its pooling streamed, 1x1 pairs fused through a small buffer",
       FeaturePolicy::ring, true},
      {kWeightStationary,
       "baseline: two feature buffers, weight stationary, partial sums written and read back",
       FeaturePolicy::ping_pong, false},
      {kOutputStationary,
       "baseline: two feature buffers, output stationary in tiles of tco channels",
       FeaturePolicy::ping_pong, false},
  };
  return list;
}

std::string MsMapping::unsupported(const numbers::Layer& layer) const {
  return numbers::invalid(layer);
}

Plan MsMapping::plan(const numbers::Layer& layer, const PlanRequest& request) const {
  PlanRequest r = request;
  if (r.block_bytes == 0) r.block_bytes = geometry_.weight_bytes / 2;
  if (r.resident_bytes == 0) r.resident_bytes = geometry_.weight_bytes;
  if (r.feature_bits == 0) r.feature_bits = geometry_.feature_bits;
  const bool is_convolution = layer.op == numbers::Op::convolution;
  if (r.schedule == kWeightStationary || r.schedule == kOutputStationary) {
    // Input and output lie in two buffers: none waits for room that the other frees.
    r.feature_bits = std::numeric_limits<std::uint64_t>::max();
    if (is_convolution)
      return r.schedule == kWeightStationary ? plan_weight_stationary(layer, geometry_, r)
                                             : plan_output_stationary(layer, geometry_, r);
  }
  return plan_ring(layer, geometry_, r);
}

std::unique_ptr<LayerSchedule> MsMapping::schedule(const numbers::Layer& layer) const {
  return std::make_unique<MsSchedule>(layer, geometry_);
}

/// Whole steps of the array where more than one fits.
std::uint32_t MsMapping::pair_pixels(const numbers::Layer& layer) const {
  const std::int64_t pixel_bits = std::int64_t{layer.out.channels} * layer.out_type.bits;
  const std::int64_t words = geometry_.at("wide_buffer_bytes") / 8;
  const std::int64_t fit = 64 * words / pixel_bits;
  const std::int64_t step = geometry_.at("tile_pixels");
  return static_cast<std::uint32_t>(fit > step ? fit / step * step : fit);
}

}  // namespace cairn::npu::ms
