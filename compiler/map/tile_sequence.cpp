#include "compiler/map/tile_sequence.hpp"

#include <algorithm>
#include <cstdint>

namespace cairn::compiler {

namespace {

using npu::Plan;
using npu::Tile;

/// The tiles of a plan from `next` on that have the pixels of the first of them.
void take_range(const Plan& plan, std::size_t layer, std::size_t& next,
                std::vector<TileUse>& uses) {
  const std::uint32_t first_pixel = plan.tiles[next].first_pixel;
  while (next < plan.tiles.size() && plan.tiles[next].first_pixel == first_pixel)
    uses.push_back({layer, plan.tiles[next++], false});
}

std::vector<TileUse> pair(const Group& g, const Plan& first, const Plan& second) {
  std::vector<TileUse> uses;
  for (std::size_t a = 0, b = 0; a < first.tiles.size();) {
    take_range(first, g.first, a, uses);
    take_range(second, g.second, b, uses);
  }
  return uses;
}

/// Rows of the second layer, each behind those rows of the first that it needs and that were not
/// made before.
std::vector<TileUse> stream(const Network& network, const Group& g, const Plan& first,
                            const Plan& second) {
  const numbers::Layer &a = network.layers[g.first].layer, &b = network.layers[g.second].layer;
  std::vector<TileUse> uses;
  const auto row = [&](std::size_t layer, const Plan& plan, int width, int y) {
    for (Tile tile : plan.tiles) {
      tile.first_pixel = static_cast<std::uint32_t>(y * width);
      tile.pixels = static_cast<std::uint32_t>(width);
      uses.push_back({layer, tile, false});
    }
  };
  int made = 0;
  for (int y = 0; y < b.out.height; ++y) {
    const int needed = std::min(y * b.stride_h - b.pad_top + b.kernel_h, a.out.height);
    for (; made < needed; ++made)
      row(g.first, first, a.out.width, made);
    row(g.second, second, b.out.width, y);
  }
  for (; made < a.out.height; ++made)  // nobody reads them, but the layer has them
    row(g.first, first, a.out.width, made);
  return uses;
}

}  // namespace

std::vector<TileUse> tile_sequence(const Network& network, const Group& group, const Plan& first,
                                   const Plan& second) {
  std::vector<TileUse> uses;
  if (group.kind == Group::Kind::pair) uses = pair(group, first, second);
  if (group.kind == Group::Kind::stream) uses = stream(network, group, first, second);
  if (group.kind == Group::Kind::single)
    for (const Tile& tile : first.tiles)
      uses.push_back({group.first, tile, false});
  for (const std::size_t layer : {group.first, group.second}) {
    const auto last = std::find_if(uses.rbegin(), uses.rend(),
                                   [&](const TileUse& u) { return u.layer == layer; });
    if (last != uses.rend()) last->is_last = true;
  }
  return uses;
}

}  // namespace cairn::compiler
