// The tiles of a group in the order in which they run.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/map/groups.hpp"
#include "compiler/network.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

struct TileUse {
  std::size_t layer = 0;  ///< of the network
  npu::Tile tile;
  bool is_last = false;  ///< of its layer
};

/// `first` and `second` are the plans of the group's layers. A pair's plans have the same ranges of
/// pixels, in the same order; a stream's are cut into rows, whatever pixels they have.
std::vector<TileUse> tile_sequence(const Network& network, const Group& group,
                                   const npu::Plan& first, const npu::Plan& second);

}  // namespace cairn::compiler
