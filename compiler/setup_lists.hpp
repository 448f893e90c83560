// The set-up of a job: the lists that load a network's weights into the cells of an array.
#pragma once

#include "compiler/job_image.hpp"
#include "compiler/network.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// Where the cells take the network's weights. Throws InputError naming the layer that does not fit
/// any more, the bytes needed and the bytes available.
npu::CellPlan place_cells(const Network& network, const npu::Mapping& mapping);

/// Adds the set-up's lists to the parts and its bits to their blocks; nothing where the core keeps
/// no weights. The bits of a region pass the weight SRAM while those before them are written.
/// Throws InputError if the weight SRAM is smaller than a region.
void add_setup(const Network& network, const npu::Mapping& mapping, const npu::CellPlan& cells,
               JobParts& parts);

}  // namespace cairn::compiler
