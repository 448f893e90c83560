// In which order the layers of a graph run.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/network.hpp"

namespace cairn::compiler {

/// For each layer, the layers that read its output, in network order.
std::vector<std::vector<std::size_t>> readers_of(const Network& network);

/// The layers in an order in which each runs behind those that it reads. Of those that could run
/// next, the one after which the fewest feature bits are alive; among equals, the first. An
/// addition follows the layer before it wherever both operands are there.
std::vector<std::size_t> layer_order(const Network& network);

}  // namespace cairn::compiler
