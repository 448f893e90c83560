#include "compiler/map/group_planner.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "models/kit/input_error.hpp"
#include "models/npu/block.hpp"

namespace cairn::compiler {

namespace {

using npu::Plan;
using npu::PlanRequest;
using numbers::Layer;

constexpr std::uint32_t kPairBlocks = 8;  ///< of a pair in the weight SRAM, if not all weights fit

std::uint64_t whole_block_bytes(const Layer& l) {
  const npu::Tile whole{0, static_cast<std::uint32_t>(l.out.pixels()),
                        0, static_cast<std::uint32_t>(l.out.channels),
                        0, static_cast<std::uint32_t>(l.in.channels)};
  return npu::block_shape(l, whole).bytes();
}

/// Whether both plans cut the pixels alike.
bool same_pixels(const Plan& a, const Plan& b) {
  const auto ranges = [](const Plan& plan) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
    for (const npu::Tile& t : plan.tiles)
      if (found.empty() || found.back().first != t.first_pixel)
        found.emplace_back(t.first_pixel, t.pixels);
    return found;
  };
  return ranges(a) == ranges(b);
}

}  // namespace

GroupPlanner::GroupPlanner(const Network& network, const npu::Mapping& mapping,
                           const npu::ScheduleEntry& schedule, const CompileOptions& options,
                           const npu::CellPlan& cells)
    : network_(network),
      mapping_(mapping),
      schedule_(schedule),
      options_(options),
      cells_(cells),
      plans_(network.layers.size()) {}

std::vector<TileUse> GroupPlanner::plan(const Group& g, npu::LoopOrder order,
                                        std::uint64_t feature_bits) {
  PlanRequest request;
  request.order = order;
  request.feature_bits = feature_bits;
  switch (g.kind) {
    case Group::Kind::single:
      plans_[g.first] = plan_layer(g.first, request);
      break;
    case Group::Kind::stream:
      request.order = npu::LoopOrder::pixel_outer;
      plans_[g.first] = plan_layer(g.first, request);
      plans_[g.second] = plan_layer(g.second, request);
      break;
    case Group::Kind::pair:
      plan_pair(g, order);
      break;
  }
  return tile_sequence(network_, g, plans_[g.first], plans_[g.second]);
}

Plan GroupPlanner::plan_layer(std::size_t layer, PlanRequest request) const {
  request.schedule = schedule_.name;
  request.dram_bytes_per_cycle = options_.dram_bytes_per_cycle;
  request.cells = cells_.first[layer];
  request.regions = cells_.regions;
  try {
    return mapping_.plan(network_.layers[layer].layer, request);
  } catch (const npu::PlanRefused& refused) {
    throw InputError("network '" + network_.name + "': layer '" + network_.layers[layer].name +
                     "' " + refused.what);
  }
}

/// Both layers take the same pixels at once: as many as the buffer holds, or fewer if one of them
/// prefers that.
void GroupPlanner::plan_pair(const Group& g, npu::LoopOrder order) {
  Plan &first = plans_[g.first], &second = plans_[g.second];
  const Layer &first_layer = network_.layers[g.first].layer,
              &second_layer = network_.layers[g.second].layer;
  PlanRequest request;
  request.order = order == npu::LoopOrder::channel_outer ? npu::LoopOrder::automatic : order;
  request.pixels_at_once = mapping_.pair_pixels(first_layer);
  const std::uint64_t both = whole_block_bytes(first_layer) + whole_block_bytes(second_layer);
  const std::uint64_t room = mapping_.geometry().weight_bytes;
  if (both > room && both <= 2 * room) {
    // Small blocks: most of them stay from piece to piece, and only the others come again.
    request.block_bytes = static_cast<std::uint32_t>(room / kPairBlocks);
    request.resident_bytes = request.block_bytes;
  }
  for (;;) {
    first = plan_layer(g.first, request);
    second = plan_layer(g.second, request);
    if (same_pixels(first, second)) return;
    if (request.pixels_at_once <= 1)
      throw std::logic_error("a mapping does not keep to PlanRequest::pixels_at_once");
    const std::uint32_t fewer = std::min(first.tiles.front().pixels, second.tiles.front().pixels);
    request.pixels_at_once = std::min(fewer, request.pixels_at_once - 1);
  }
}

}  // namespace cairn::compiler
