// Random small networks with branches and channel masks.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "compiler/network.hpp"

namespace cairn::test {

/// A network of random layers of all operations, of which some convolutions have channel masks.
/// Both operands of an addition have the same mask. Ends with a fully connected layer on a map.
compiler::Network random_graph(unsigned seed);

/// Random features of the network's input type.
std::vector<std::int16_t> random_input(const compiler::Network& network, unsigned seed);

}  // namespace cairn::test
