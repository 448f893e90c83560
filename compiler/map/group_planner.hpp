// The plans of a group's layers, made to fit together.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/map/groups.hpp"
#include "compiler/map/tile_sequence.hpp"
#include "compiler/network.hpp"
#include "compiler/options.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

class GroupPlanner {
 public:
  /// Keeps references to all of them.
  GroupPlanner(const Network& network, const npu::Mapping& mapping,
               const npu::ScheduleEntry& schedule, const CompileOptions& options,
               const npu::CellPlan& cells);

  /// Plans the layers of the group and returns its tiles. A layer and its input may share
  /// `feature_bits`. Throws InputError naming the layer.
  std::vector<TileUse> plan(const Group& group, npu::LoopOrder order, std::uint64_t feature_bits);

  /// By layer; of each, the one made last.
  const std::vector<npu::Plan>& plans() const { return plans_; }

 private:
  npu::Plan plan_layer(std::size_t layer, npu::PlanRequest request) const;
  void plan_pair(const Group& group, npu::LoopOrder order);

  const Network& network_;
  const npu::Mapping& mapping_;
  const npu::ScheduleEntry& schedule_;
  const CompileOptions& options_;
  const npu::CellPlan& cells_;
  std::vector<npu::Plan> plans_;
};

}  // namespace cairn::compiler
