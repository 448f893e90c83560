// Weights and requantisation of one layer of a generated network, and what they make of its input.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/generate/statistics.hpp"
#include "compiler/network.hpp"

namespace cairn::compiler {

/// Fills weights and table of a convolution or fully connected layer, whose shapes and types are
/// set. Channels masked in `layer.kept` get no weights. Returns the statistics of its output; of
/// raw accumulators only source[0].deviation, their average one.
FeatureStatistics fill_weighted(NetworkLayer& layer, const FeatureStatistics& in,
                                std::uint64_t key);

/// Fills the table of an average pooling. Channels are scaled alike.
FeatureStatistics fill_average_pool(NetworkLayer& layer, const FeatureStatistics& in);

/// Sets scales and table of an addition such that both operands weigh equally.
FeatureStatistics fill_add(NetworkLayer& layer, const FeatureStatistics& a,
                           const FeatureStatistics& b);

FeatureStatistics of_max_pool(const NetworkLayer& layer, const FeatureStatistics& in);

}  // namespace cairn::compiler
