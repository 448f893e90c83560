#include "compiler/tile_blocks.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "compiler/weight_block.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/block.hpp"

namespace cairn::compiler {

namespace {

constexpr std::size_t kAlignment = 64;

}  // namespace

TileBlocks make_blocks(const Network& network, const FeaturePlan& plan,
                       std::uint32_t weight_sram_bytes) {
  using Key = std::tuple<std::size_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  std::map<Key, std::uint32_t> numbers;
  TileBlocks blocks;
  std::vector<std::uint32_t> ids, sizes{0}, sources{0};  // block 0 is the empty one
  for (const PlannedGroup& g : plan.groups)
    for (const TileUse& u : g.tiles) {
      const NetworkLayer& l = network.layers[u.layer];
      const npu::Tile& t = u.tile;
      const npu::BlockShape shape = npu::block_shape(l.layer, t);
      const std::size_t bytes = shape.bytes();
      const auto [it, is_new] =
          numbers.try_emplace(Key{u.layer, t.first_channel, t.channels, t.first_input, t.inputs},
                              bytes == 0 ? 0 : static_cast<std::uint32_t>(sizes.size()));
      const std::uint32_t id = it->second;
      if (is_new && bytes > 0) {
        if (bytes > weight_sram_bytes)
          throw InputError(fmt::format(
              "network '{}': layer '{}' needs {} bytes of weight memory, but there are {}",
              network.name, l.name, bytes, weight_sram_bytes));
        sizes.push_back(static_cast<std::uint32_t>(bytes));
        sources.push_back(static_cast<std::uint32_t>(blocks.packed.size()));
        const std::vector<std::uint8_t> block = weight_block(l, t);
        blocks.packed.insert(blocks.packed.end(), block.begin(), block.end());
        blocks.packed.resize((blocks.packed.size() + kAlignment - 1) / kAlignment * kAlignment);
      }
      ids.push_back(id);
      blocks.tiles.push_back(
          {sources[id], sizes[id], static_cast<std::uint32_t>(shape.weight_bytes), {}});
    }
  const std::vector<BlockUse> uses = place_blocks(ids, sizes, weight_sram_bytes);
  for (std::size_t i = 0; i < uses.size(); ++i)
    blocks.tiles[i].use = uses[i];
  return blocks;
}

}  // namespace cairn::compiler
