// Plans of the memory-stationary core, one function for each kind of schedule.
#pragma once

#include "models/npu/mapping.hpp"

namespace cairn::npu::ms {

/// The cheapest tiling for a ring: see Candidate. All values of the request are filled in.
Plan plan_ring(const numbers::Layer& layer, const Geometry& geometry, const PlanRequest& request);

/// Tiles of ws_tile output x ws_tile input channels, halved where a block does not fit
/// request.block_bytes; all pixels each. Only for convolutions.
Plan plan_weight_stationary(const numbers::Layer& layer, const Geometry& geometry,
                            const PlanRequest& request);

/// Groups of tco output channels, each over all pixels: one tile where its block fits, else chunks
/// of channels for every step of pixels.
Plan plan_output_stationary(const numbers::Layer& layer, const Geometry& geometry,
                            const PlanRequest& request);

}  // namespace cairn::npu::ms
