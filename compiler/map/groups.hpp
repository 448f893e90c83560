// Which layers are computed together, so that the map between them never exists as a whole.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/network.hpp"
#include "compiler/options.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// One layer, or two of which the second takes what the first makes a few pixels (pair) or rows
/// (stream) at a time.
struct Group {
  enum class Kind { single, pair, stream };

  Kind kind = Kind::single;
  std::size_t first = 0;   ///< layer of the network
  std::size_t second = 0;  ///< pair, stream: reads the first's output, alone
};

/// Groups in the order in which they run. With a schedule that keeps rings, an addition is paired
/// with the convolution before it; with one that fuses, a 1x1 convolution that widens is paired
/// with a 1x1 convolution that reads it, and a convolution of the network's input with its pooling.
/// Where the loop order is the compiler's choice, a widened map that has room in the feature memory
/// is not fused: its weights then come once.
std::vector<Group> make_groups(const Network& network, const npu::Mapping& mapping,
                               const npu::ScheduleEntry& schedule, npu::LoopOrder loop_order);

/// Moves the stride of the second layer of each pair of convolutions up to the first: only what the
/// second one reads is computed. The results stay the same.
void move_strides(Network& network, const std::vector<Group>& groups);

}  // namespace cairn::compiler
