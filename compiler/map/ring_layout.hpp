// Where the rings lie in the memories.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/map/feature_simulation.hpp"
#include "compiler/map/groups.hpp"
#include "compiler/map/rings.hpp"
#include "compiler/network.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

struct RingLayout {
  std::vector<RingPlan> rings;   ///< by number
  std::uint32_t input_rows = 0;  ///< rows of the network's input that its ring holds; 0: all of it
  std::uint64_t feature_bits = 0;  ///< what the rings need of the feature memory
};

/// Sizes the rings by what `simulation` needed; with FeaturePolicy::ring, what is left over of the
/// feature memory goes to the main ring. Throws InputError, naming the layer that needs most, the
/// bytes needed and those available, if a memory is too small.
RingLayout lay_out_rings(const Network& network, const npu::Mapping& mapping,
                         const npu::ScheduleEntry& schedule, const std::vector<Group>& groups,
                         const std::vector<npu::Plan>& plans, const FeatureSimulation& simulation);

}  // namespace cairn::compiler
