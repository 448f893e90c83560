// The cheapest tiling of a layer on the entry-counting core.
#pragma once

#include "models/npu/mapping.hpp"

namespace cairn::npu::ec {

/// Tries the weights resident, or in chunks of output channels for blocks of 1, 2, 4... and all
/// rows; runs the schedule of each and counts its accesses. Among those within 1% of the fewest
/// cycles the one with the least energy of DRAM, SRAMs, buffer and loads. All values of the request
/// are filled in. Throws PlanRefused if there is none.
Plan cheapest_plan(const numbers::Layer& layer, const Geometry& geometry,
                   const PlanRequest& request);

}  // namespace cairn::npu::ec
