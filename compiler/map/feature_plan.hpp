// How the layers are tiled and where their features lie.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/map/groups.hpp"
#include "compiler/map/ring_layout.hpp"
#include "compiler/map/tile_sequence.hpp"
#include "compiler/network.hpp"
#include "compiler/options.hpp"
#include "models/npu/command.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

struct PlannedGroup {
  Group group;
  std::vector<TileUse> tiles;
};

struct FeaturePlan {
  std::vector<PlannedGroup> groups;             ///< in the order in which they run
  std::vector<npu::Plan> plans;                 ///< by layer
  std::vector<npu::LayerPlacement> placements;  ///< by layer
  std::vector<std::uint64_t> peak_bits;         ///< by layer: alive in the feature memory
  RingLayout layout;
};

/// Plans all layers of the network for the schedule. Throws InputError if a layer or the features
/// do not fit. Moves strides (see groups.hpp) in `network`. `cells`: Mapping::place_cells() of its
/// layers.
FeaturePlan plan_features(Network& network, const npu::Mapping& mapping,
                          const npu::ScheduleEntry& schedule, const CompileOptions& options,
                          const npu::CellPlan& cells);

}  // namespace cairn::compiler
