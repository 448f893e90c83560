#include "compiler/map/feature_placement.hpp"

#include <algorithm>

#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

constexpr std::uint64_t kOutputAlignment = 64;  ///< bits: the DMA moves the last output

std::uint64_t feature_bits(const numbers::Shape& shape, const numbers::FeatureType& type) {
  return static_cast<std::uint64_t>(shape.elements()) * static_cast<std::uint64_t>(type.bits);
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

[[noreturn]] void refuse(const Network& network, const NetworkLayer& l, const std::string& reason) {
  throw InputError("network '" + network.name + "': layer '" + l.name + "' " + reason);
}

}  // namespace

std::vector<LayerPlan> place_features(const Network& network, const npu::Mapping& mapping) {
  const std::string core(mapping.core());
  const std::uint64_t ring = mapping.geometry().feature_bits;
  if (ring == 0 || ring % kOutputAlignment != 0 || ring > 0xffff'ffffu)
    throw InputError("core '" + core + "': a feature memory of " + std::to_string(ring) +
                     " bits is not supported; it must be a multiple of 64 bits and below 2^32");
  const std::string cannot_run = "cannot run on core '" + core + "': it ";
  std::vector<LayerPlan> plans;
  std::uint64_t in_offset = 0;
  for (const NetworkLayer& l : network.layers) {
    const std::string reason = mapping.unsupported(l.layer);
    if (!reason.empty()) refuse(network, l, cannot_run + reason);
    const npu::Schedule schedule = mapping.schedule(l.layer);
    const bool is_last = &l == &network.layers.back();
    std::uint64_t end = in_offset + feature_bits(l.layer.in, l.layer.in_type);
    if (is_last) end = round_up(end, kOutputAlignment);

    LayerPlan plan;
    plan.name = l.name;
    plan.in_offset = static_cast<std::uint32_t>(in_offset);
    plan.out_offset = static_cast<std::uint32_t>(end % ring);
    plan.peak_feature_bits = npu::peak_feature_bits(l.layer, schedule);
    plan.ring_bits = npu::ring_span_bits(l.layer, schedule, end - in_offset);
    plan.cycles = schedule.compute_cycles();
    plan.macs = static_cast<std::uint64_t>(l.layer.macs());
    if (plan.ring_bits > ring || end - in_offset > ring)
      refuse(network, l,
             "needs " + std::to_string((std::max(plan.ring_bits, end - in_offset) + 7) / 8) +
                 " bytes of feature memory, but core '" + core + "' has " +
                 std::to_string(ring / 8));
    in_offset = plan.out_offset;
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace cairn::compiler
