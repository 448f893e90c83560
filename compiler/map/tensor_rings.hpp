// Which ring each tensor lies in.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/map/groups.hpp"
#include "compiler/network.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// By layer, the ring of its output; one more element at the end for the network's input.
///
/// Rings: what one group reads alone lies in the main ring; what several read, or what an addition
/// reads besides the map that is just being made, in the shortcut ring; what passes within a group,
/// in the buffer. Ping-pong: the first of three buffers in which nothing is alive. Throws
/// InputError if three are too few.
std::vector<unsigned> tensor_rings(const Network& network, const std::vector<Group>& groups,
                                   npu::FeaturePolicy policy);

}  // namespace cairn::compiler
