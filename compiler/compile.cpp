#include "compiler/compile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/adc_steps.hpp"
#include "compiler/channel_mask.hpp"
#include "compiler/command_list.hpp"
#include "compiler/job_image.hpp"
#include "compiler/map/feature_plan.hpp"
#include "compiler/setup_lists.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

const npu::ScheduleEntry& find_schedule(const npu::Mapping& mapping, const std::string& name) {
  const auto& schedules = mapping.schedules();
  if (name.empty()) return schedules.front();
  const auto found = std::ranges::find(schedules, name, &npu::ScheduleEntry::name);
  if (found != schedules.end()) return *found;
  std::string names;
  for (const npu::ScheduleEntry& s : schedules)
    names += (names.empty() ? "" : ", ") + std::string(s.name);
  throw InputError(
      fmt::format("core '{}' has no schedule '{}'; it has {}", mapping.core(), name, names));
}

std::vector<LayerPlan> layer_plans(const Network& network, const FeaturePlan& features) {
  std::vector<LayerPlan> plans(network.layers.size());
  for (std::size_t i = 0; i < plans.size(); ++i) {
    LayerPlan& p = plans[i];
    p.name = network.layers[i].name;
    p.order = features.plans[i].order;
    p.reason = features.plans[i].reason;
    p.peak_feature_bits = features.peak_bits[i];
    p.cycles = features.plans[i].cycles;
    p.macs = static_cast<std::uint64_t>(network.layers[i].layer.macs());
    npu::LayerPlacement masked;
    masked.in_masked = static_cast<std::uint32_t>(network.layers[i].in_masked);
    masked.out_masked = static_cast<std::uint32_t>(network.layers[i].out_masked);
    p.macs_skipped = npu::masked_macs(network.layers[i].layer, masked);
    p.feature_elements = features.plans[i].feature_elements;
  }
  for (const PlannedGroup& g : features.groups) {
    for (const TileUse& u : g.tiles)
      ++plans[u.layer].tiles;
    if (g.group.kind == Group::Kind::single) continue;
    plans[g.group.first].group =
        fmt::format("{} '{}'", g.group.kind == Group::Kind::pair ? "fused into" : "streamed into",
                    network.layers[g.group.second].name);
  }
  return plans;
}

}  // namespace

Job compile(const Network& original, const npu::Mapping& mapping, const CompileOptions& options) {
  check(original);
  Network network = compact(original);
  const npu::ScheduleEntry& schedule = find_schedule(mapping, options.schedule);
  const npu::CellPlan cells = place_cells(network, mapping);
  FeaturePlan features = plan_features(network, mapping, schedule, options, cells);
  const std::vector<std::uint16_t> steps = adc_steps(network, mapping, options);
  for (PlannedGroup& g : features.groups)
    for (TileUse& u : g.tiles)
      u.tile.adc_step = steps[u.layer];
  Job job;
  job.schedule = schedule.name;
  job.layers = layer_plans(network, features);
  job.feature_bits = features.layout.feature_bits;
  JobParts parts = make_lists(network, features, mapping.geometry(), job.layers);
  add_setup(network, mapping, cells, parts);
  job.has_setup = !parts.setup_commands.empty();
  job.cells_used = cells.used();
  job.cells_available = cells.available;
  for (const LayerPlan& plan : job.layers)
    job.names.push_back(plan.name);
  job.input_bytes = parts.input_bytes;
  job.output_bytes = parts.output_bytes;
  job.image = make_image(std::move(parts), mapping.geometry());
  return job;
}

}  // namespace cairn::compiler
