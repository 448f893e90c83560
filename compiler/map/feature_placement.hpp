// Where features lie in the feature ring.
#pragma once

#include <vector>

#include "compiler/job.hpp"
#include "compiler/network.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// Plans every layer: ring offsets, cycles, peaks. The input begins at bit 0, each output right
/// behind its input, the last one at the next multiple of 64 bits. Block offsets stay 0. Throws
/// InputError if the core cannot run a layer or the ring is too small for it.
std::vector<LayerPlan> place_features(const Network& network, const npu::Mapping& mapping);

}  // namespace cairn::compiler
