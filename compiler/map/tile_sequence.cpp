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

constexpr int kPieceColumns = 8;  ///< of the second layer of a stream

/// The second layer row by row, each behind those rows of the first that it needs and that were not
/// made before. The last of these is made piece by piece, each followed by what the second layer
/// can make of it, so that little more than the rows of a window less one is alive.
std::vector<TileUse> stream(const Network& network, const Group& g, const Plan& first,
                            const Plan& second) {
  const numbers::Layer &a = network.layers[g.first].layer, &b = network.layers[g.second].layer;
  std::vector<TileUse> uses;
  const auto piece = [&](std::size_t layer, const Plan& plan, int width, int y, int begin,
                         int end) {
    for (Tile tile : plan.tiles) {
      if (tile.first_pixel != 0) continue;  // every chunk of channels comes once a row
      tile.first_pixel = static_cast<std::uint32_t>(y * width + begin);
      tile.pixels = static_cast<std::uint32_t>(end - begin);
      if (tile.pixels > 0) uses.push_back({layer, tile, false});
    }
  };
  int made = 0;
  for (int y = 0; y < b.out.height; ++y) {
    const int needed = std::min(y * b.stride_h - b.pad_top + b.kernel_h, a.out.height);
    for (; made + 1 < needed; ++made)
      piece(g.first, first, a.out.width, made, 0, a.out.width);
    const bool last_is_new = made < needed;
    for (int x = 0, done = 0; x < b.out.width; x += kPieceColumns) {
      const int end = std::min(x + kPieceColumns, b.out.width);
      const int reach =
          end == b.out.width
              ? a.out.width
              : std::clamp((end - 1) * b.stride_w - b.pad_left + b.kernel_w, done, a.out.width);
      if (last_is_new) piece(g.first, first, a.out.width, made, done, reach);
      piece(g.second, second, b.out.width, y, x, end);
      done = reach;
    }
    made = std::max(made, needed);
  }
  for (; made < a.out.height; ++made)  // nobody reads them, but the layer has them
    piece(g.first, first, a.out.width, made, 0, a.out.width);
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
