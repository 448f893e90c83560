// The NPU's and the DMA's lists of a planned network.
#pragma once

#include <vector>

#include "compiler/job.hpp"
#include "compiler/job_image.hpp"
#include "compiler/map/feature_plan.hpp"
#include "compiler/network.hpp"
#include "models/npu/geometry.hpp"

namespace cairn::compiler {

/// The NPU list defines the rings, then runs the tiles, each layer's command right before its first
/// tile; a barrier that waits for the output ends it. The DMA list loads the input, at once or row
/// by row, and the weight blocks, each as soon as the tiles are computed that use its place, and
/// stores the output. It signals token_loaded once a descriptor; a tile waits for all descriptors
/// up to its own and signals token_computed.
///
/// Adds the bytes of weights loaded to `layers`. Throws InputError if a list is too long for the
/// format or a block is larger than the weight SRAM.
JobParts make_lists(const Network& network, const FeaturePlan& plan, const npu::Geometry& geometry,
                    std::vector<LayerPlan>& layers);

}  // namespace cairn::compiler
