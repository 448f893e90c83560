#include "compiler/map/feature_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/map/feature_simulation.hpp"
#include "compiler/map/group_planner.hpp"
#include "compiler/map/tensor_rings.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/live.hpp"

namespace cairn::compiler {

namespace {

constexpr std::uint64_t kMaxFeatureBits = 0xffff'ffff;

void check_memory(const npu::Mapping& mapping) {
  const std::uint64_t bits = mapping.geometry().feature_bits;
  if (bits == 0 || bits % kRingAlignment != 0 || bits > kMaxFeatureBits)
    throw InputError(fmt::format(
        "core '{}': a feature memory of {} bits is not supported; it must be a multiple of {} "
        "bits and below 2^32",
        mapping.core(), bits, kRingAlignment));
}

class Planner {
 public:
  Planner(const Network& network, const npu::Mapping& mapping, const npu::ScheduleEntry& schedule,
          const CompileOptions& options, const npu::CellPlan& cells, std::vector<Group> groups)
      : network_(network),
        mapping_(mapping),
        schedule_(schedule),
        options_(options),
        groups_(std::move(groups)),
        group_planner_(network, mapping, schedule, options, cells),
        rings_of_(tensor_rings(network, groups_, schedule.policy)) {
    for (const NetworkLayer& l : network_.layers)
      live_from_.push_back(npu::live_from(l.layer));
  }

  FeaturePlan run() {
    const FeatureSimulation smallest = smallest_rings();
    plan_.layout =
        lay_out_rings(network_, mapping_, schedule_, groups_, group_planner_.plans(), smallest);
    place(simulate_chosen());
    plan_.plans = group_planner_.plans();
    return std::move(plan_);
  }

 private:
  /// The main and the shortcut ring are largest at different times: as long as it helps, the map
  /// that needs most of the main ring, or the network's input, goes to the other one.
  FeatureSimulation smallest_rings() {
    FeatureSimulation best = simulate_smallest();
    if (schedule_.policy != npu::FeaturePolicy::ring || best.needed_bits(rings::kShortcut) == 0)
      return best;
    const auto both = [](const FeatureSimulation& s) {
      return s.needed_bits(rings::kMain) + s.needed_bits(rings::kShortcut);
    };
    for (bool helps = true; helps;) {
      helps = false;
      for (const std::size_t tensor : {best.neediest(rings::kMain), network_.layers.size()}) {
        if (rings_of_[tensor] != rings::kMain) continue;
        rings_of_[tensor] = rings::kShortcut;
        FeatureSimulation tried = simulate_smallest();
        helps = both(tried) < both(best);
        if (helps) {
          best = std::move(tried);
          break;
        }
        rings_of_[tensor] = rings::kMain;
      }
    }
    return best;
  }

  /// With the loop order that needs the least memory, unless the user insists on another.
  FeatureSimulation simulate_smallest() {
    FeatureSimulation s(network_, rings_of_, schedule_.policy);
    const npu::LoopOrder order = options_.order == npu::LoopOrder::channel_outer
                                     ? npu::LoopOrder::channel_outer
                                     : npu::LoopOrder::pixel_outer;
    for (const Group& g : groups_)
      s.run(group_planner_.plan(g, order, mapping_.geometry().feature_bits), live_from_);
    return s;
  }

  /// What a layer's input and output may share of the output's ring: all that no other tensor has.
  std::uint64_t shared_bits(const Group& g, const FeatureSimulation& s, unsigned ring) const {
    const NetworkLayer& l = network_.layers[g.first];
    std::uint64_t others = s.live_bits(ring);
    if (s.ring_of(s.tensor(l.input)) == ring)
      others -= std::min(others, npu::in_feature_bits(l.layer));
    const std::uint64_t bits = plan_.layout.rings[ring].bits;
    return bits - std::min(others, bits);
  }

  FeatureSimulation simulate_chosen() {
    FeatureSimulation s(network_, rings_of_, schedule_.policy);
    for (const Group& g : groups_) {
      const unsigned ring = rings_of_[g.kind == Group::Kind::single ? g.first : g.second];
      std::vector<TileUse> tiles = group_planner_.plan(g, options_.order, shared_bits(g, s, ring));
      FeatureSimulation tried = s;
      tried.run(tiles, live_from_);
      if (tried.needed_bits(ring) > plan_.layout.rings[ring].bits) {
        tiles = group_planner_.plan(g, npu::LoopOrder::pixel_outer, 0);
        tried = s;
        tried.run(tiles, live_from_);
      }
      s = std::move(tried);
      plan_.groups.push_back({g, std::move(tiles)});
    }
    return s;
  }

  void place(const FeatureSimulation& s) {
    const auto place_of = [&](std::size_t tensor) {
      const unsigned ring = s.ring_of(tensor);
      const std::uint64_t bits = plan_.layout.rings[ring].bits;
      const bool wraps = schedule_.policy == npu::FeaturePolicy::ring || ring > rings::kThird;
      return npu::Place{ring,
                        wraps && bits > 0 ? static_cast<std::uint32_t>(s.begin(tensor) % bits) : 0};
    };
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const NetworkLayer& l = network_.layers[i];
      npu::LayerPlacement p;
      p.in = place_of(s.tensor(l.input));
      p.out = place_of(i);
      p.in_release = s.in_release(i);
      if (l.layer.op == numbers::Op::add) {
        p.second = place_of(s.tensor(l.second));
        p.second_release = s.second_release(i);
      }
      plan_.placements.push_back(p);
      plan_.peak_bits.push_back(s.peak_bits(i));
    }
  }

  const Network& network_;
  const npu::Mapping& mapping_;
  const npu::ScheduleEntry& schedule_;
  const CompileOptions& options_;
  const std::vector<Group> groups_;
  GroupPlanner group_planner_;
  std::vector<unsigned> rings_of_;
  std::vector<std::vector<std::uint32_t>> live_from_;
  FeaturePlan plan_;
};

}  // namespace

FeaturePlan plan_features(Network& network, const npu::Mapping& mapping,
                          const npu::ScheduleEntry& schedule, const CompileOptions& options,
                          const npu::CellPlan& cells) {
  check_memory(mapping);
  std::vector<Group> groups = make_groups(network, mapping, schedule, options.order);
  move_strides(network, groups);
  for (const NetworkLayer& l : network.layers) {
    const std::string reason = mapping.unsupported(l.layer);
    if (!reason.empty())
      throw InputError(fmt::format("network '{}': layer '{}' cannot run on core '{}': it {}",
                                   network.name, l.name, mapping.core(), reason));
  }
  return Planner(network, mapping, schedule, options, cells, std::move(groups)).run();
}

}  // namespace cairn::compiler
