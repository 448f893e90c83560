// The cheapest tiling of a layer on the entry-counting core.
#pragma once

#include "models/npu/mapping.hpp"

namespace cairn::npu::ec {

/// See cheapest_chunks().
Plan cheapest_plan(const numbers::Layer& layer, const Geometry& geometry,
                   const PlanRequest& request);

}  // namespace cairn::npu::ec
