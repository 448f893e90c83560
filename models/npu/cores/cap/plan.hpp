// The cheapest tiling of a layer on CAP-RAM.
#pragma once

#include "models/npu/mapping.hpp"

namespace cairn::npu::cap {

/// See cheapest_chunks(). A tile takes as many output channels as there are cells for their
/// weights; where they are resident, all of the layer.
Plan cheapest_plan(const numbers::Layer& layer, const Geometry& geometry,
                   const PlanRequest& request);

}  // namespace cairn::npu::cap
