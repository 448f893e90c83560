// How the layers are tiled and where their features lie.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/map/groups.hpp"
#include "compiler/map/tile_sequence.hpp"
#include "compiler/network.hpp"
#include "compiler/options.hpp"
#include "job_format.hpp"
#include "models/npu/command.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// Numbers of the rings that a job uses.
namespace rings {
constexpr unsigned kMain = 0, kShortcut = 1, kThird = 2, kPartialSums = 3, kInputRows = 4,
                   kRows = 5, kPair = 6;
constexpr unsigned kCount = 7;
}  // namespace rings

struct RingPlan {
  job::Memory memory = job::Memory::kFeatures;
  std::uint64_t begin = 0, bits = 0;  ///< bits 0: not used
};

struct PlannedGroup {
  Group group;
  std::vector<TileUse> tiles;
};

struct FeaturePlan {
  std::vector<PlannedGroup> groups;              ///< in the order in which they run
  std::vector<npu::Plan> plans;                  ///< by layer
  std::vector<npu::LayerPlacement> placements;   ///< by layer
  std::vector<std::uint64_t> peak_bits;          ///< by layer: alive in the feature memory
  std::vector<RingPlan> rings;                   ///< by number
  bool input_streams = false;                    ///< the network's input comes row by row
  std::uint32_t input_rows = 0;                  ///< rows that its ring holds
  std::uint64_t feature_bits = 0;                ///< what the rings need of the feature memory
};

/// Plans all layers of the network for the schedule. Throws InputError if a layer or the features do
/// not fit. Moves strides (see groups.hpp) in `network`.
FeaturePlan plan_features(Network& network, const npu::Mapping& mapping,
                          const npu::ScheduleEntry& schedule, const CompileOptions& options);

}  // namespace cairn::compiler
