// Plans of the baselines that the ring is measured against: weight and output stationary.
#include <algorithm>
#include <string>

#include "models/npu/cores/ms/candidate.hpp"
#include "models/npu/cores/ms/line_buffer.hpp"
#include "models/npu/cores/ms/plan.hpp"
#include "models/npu/cores/ms/traffic.hpp"

namespace cairn::npu::ms {

using numbers::Layer;

namespace {

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

/// Sums up what tiles over these blocks of pixels cost.
class Sums {
 public:
  Sums(const Layer& layer, const Geometry& geometry)
      : layer_(layer),
        array_(geometry),
        line_buffer_bits_(8 * static_cast<std::uint64_t>(geometry.at("line_buffer_bytes"))) {
    plan.cycles = array_.drain_cycles;
  }

  /// `goes_on`: the tiles before these had the same input channels.
  void add(const PixelBlocks& blocks, const ChannelCut& cut, bool goes_on) {
    plan.cycles += cycles_of(layer_, array_, blocks, cut);
    if (goes_on && is_kept(blocks, cut.inputs)) return;
    plan.feature_elements +=
        pixels_fetched(layer_, array_, line_buffer_bits_, blocks, cut) * cut.inputs;
  }
  const Array& array() const { return array_; }

  Plan plan;

 private:
  /// A pass over the map finds all its input in the line buffer, from the pass before it: the map
  /// is one step, or so small that its last step still needs the first pixel.
  bool is_kept(const PixelBlocks& blocks, std::uint32_t inputs) const {
    const std::uint32_t pixels = blocks.most_pixels(layer_);
    if (passes_over_map(layer_, array_.pixels, pixels)) return false;
    const LineBufferFit fit(layer_, inputs, array_.pixels, line_buffer_bits_);
    const Keeping keeping = fit.keeping(pixels, true);
    if (pixels == layer_.out.pixels()) return keeping == Keeping::rows || keeping == Keeping::tile;
    const int last_step = (layer_.out.width - 1) / static_cast<int>(array_.pixels);
    return keeping == Keeping::rows &&
           fit.oldest(layer_.out.height - 1, last_step * static_cast<int>(array_.pixels)) == 0;
  }

  const Layer& layer_;
  const Array array_;
  const std::uint64_t line_buffer_bits_;
};

std::uint32_t geometry_channels(const Geometry& geometry, std::string_view key) {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(1, geometry.at(key)));
}

}  // namespace

Plan plan_weight_stationary(const Layer& layer, const Geometry& geometry,
                            const PlanRequest& request) {
  const std::uint32_t wanted = geometry_channels(geometry, "ws_tile");
  Tile tile = whole(layer);
  tile.channels = std::min(tile.channels, wanted);
  tile.inputs = std::min(tile.inputs, wanted);
  // The last input channels' block is the largest: it has the table.
  const auto block = [&] {
    Tile last = tile;
    last.first_input = static_cast<std::uint32_t>(layer.in.channels) - tile.inputs;
    return block_bytes(layer, last);
  };
  const std::uint64_t wanted_bytes = block();
  while (block() > request.block_bytes && tile.channels * tile.inputs > 1)
    (tile.channels >= tile.inputs ? tile.channels : tile.inputs) /= 2;
  if (block() > request.block_bytes)
    throw PlanRefused{"needs " + number(block()) +
                      " bytes of weight memory for one input and output channel, but " +
                      number(request.block_bytes) + " are available to it"};

  Sums sums(layer, geometry);
  Plan& plan = sums.plan;
  plan.tiles = weight_stationary(layer, tile.channels, tile.inputs);
  const std::uint64_t pixels = layer.out.pixels();
  for (const Tile& t : plan.tiles) {
    sums.add({static_cast<std::uint32_t>(layer.out.height), 0}, {t.channels, t.channels, t.inputs},
             t.first_channel > 0 && tile.inputs == static_cast<std::uint32_t>(layer.in.channels));
    plan.weight_bytes += block_bytes(layer, t);
    // Every tile writes sums or features; all but the first input channels' read sums first.
    plan.feature_elements += pixels * t.channels * (t.first_input == 0 ? 1 : 2);
  }
  plan.order = "weight-stationary";
  plan.reason =
      "tiles of " + number(tile.channels) + " output x " + number(tile.inputs) + " input channels";
  if (tile.channels * tile.inputs < std::min<std::uint32_t>(layer.out.channels, wanted) *
                                        std::min<std::uint32_t>(layer.in.channels, wanted))
    plan.reason += ": a block of the wanted size would take " + number(wanted_bytes) + " bytes, " +
                   number(request.block_bytes) + " are available to it";
  return plan;
}

Plan plan_output_stationary(const Layer& layer, const Geometry& geometry,
                            const PlanRequest& request) {
  const auto height = static_cast<std::uint32_t>(layer.out.height);
  const auto inputs = static_cast<std::uint32_t>(layer.in.channels);
  Sums sums(layer, geometry);
  Plan& plan = sums.plan;
  const std::vector<Tile> groups = chunked({whole(layer)}, geometry_channels(geometry, "tco"));
  std::uint64_t streamed = 0;
  for (const Tile& group : groups) {
    const Pricing pricing(layer, geometry, request, group.channels);
    const std::uint32_t chunk =
        pricing.chunk_in(groups.size() == 1 ? request.resident_bytes : request.block_bytes);
    const PixelBlocks blocks =
        chunk >= group.channels ? PixelBlocks{height, 0} : PixelBlocks{1, sums.array().pixels};
    std::vector<Tile> tiles = pixel_blocks(layer, blocks);
    for (Tile& t : tiles) {
      t.first_channel = group.first_channel;
      t.channels = group.channels;
    }
    tiles = chunked(tiles, chunk);
    plan.tiles.insert(plan.tiles.end(), tiles.begin(), tiles.end());
    sums.add(blocks, {group.channels, chunk, inputs}, group.first_channel > 0);
    plan.weight_bytes += pricing.weight_bytes(blocks, chunk);
    if (chunk < group.channels) ++streamed;
  }
  plan.feature_elements += static_cast<std::uint64_t>(layer.out.elements());
  plan.order = "output-stationary";
  plan.reason =
      number(groups.size()) + " groups of " + number(groups.front().channels) + " output channels";
  if (streamed > 0)
    plan.reason += ", " + number(streamed) + " of them with their weights streamed for every " +
                   number(sums.array().pixels) + " pixels";
  return plan;
}

}  // namespace cairn::npu::ms
