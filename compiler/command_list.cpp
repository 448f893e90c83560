#include "compiler/command_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "compiler/dma_list.hpp"
#include "compiler/tile_blocks.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

constexpr std::size_t kMaxCount = 65'535;  ///< token counts have 16 bits

std::uint32_t packed_bytes(const numbers::Shape& shape, const numbers::FeatureType& type) {
  const auto bits = static_cast<std::uint64_t>(shape.elements()) * static_cast<unsigned>(type.bits);
  return static_cast<std::uint32_t>((bits + 7) / 8);
}

template <typename Specific>
job::Command plain(const Specific& command) {
  return std::bit_cast<job::Command>(command);
}

class Lists {
 public:
  Lists(const Network& network, const FeaturePlan& plan, const npu::Geometry& geometry,
        std::vector<LayerPlan>& layers)
      : network_(network),
        plan_(plan),
        geometry_(geometry),
        layers_(layers),
        started_(network.layers.size()) {}

  JobParts run() {
    parts_.input_bytes = packed_bytes(network_.input, network_.input_type);
    parts_.output_bytes = packed_bytes(network_.last().out, network_.last().out_type);
    parts_.layer_count = static_cast<std::uint32_t>(network_.layers.size());
    for (const NetworkLayer& l : network_.layers)
      parts_.names.append(l.name.c_str()).push_back('\0');
    define_rings();
    if (plan_.layout.input_rows == 0) load_input();
    TileBlocks blocks = make_blocks(network_, plan_, geometry_.weight_bytes);
    blocks_ = std::move(blocks.tiles);
    parts_.blocks = std::move(blocks.packed);
    for (const PlannedGroup& g : plan_.groups)
      for (std::size_t i = 0; i < g.tiles.size(); ++i)
        add_tile(g, i);
    store_output();
    check_lengths();
    parts_.descriptors = std::move(list_).finish();
    return std::move(parts_);
  }

 private:
  void define_rings() {
    for (unsigned r = 0; r < plan_.layout.rings.size(); ++r) {
      if (plan_.layout.rings[r].bits == 0) continue;
      job::RingCommand c{};
      c.kind = static_cast<std::uint8_t>(job::Kind::kRing);
      c.ring = static_cast<std::uint8_t>(r);
      c.memory = static_cast<std::uint8_t>(plan_.layout.rings[r].memory);
      c.begin = static_cast<std::uint32_t>(plan_.layout.rings[r].begin);
      c.bits = static_cast<std::uint32_t>(plan_.layout.rings[r].bits);
      parts_.commands.push_back(plain(c));
    }
  }

  /// First byte of a ring on the bus.
  Place ring_place(unsigned ring, std::uint64_t bit) const {
    const RingPlan& r = plan_.layout.rings[ring];
    return {r.memory == job::Memory::kFeatures ? job::Base::kFeatures : job::Base::kBuffer,
            static_cast<std::uint32_t>((r.begin + bit) / 8)};
  }

  void load_input() {
    const auto reader = std::ranges::find(network_.layers, kNetworkInput, &NetworkLayer::input);
    const npu::Place& at =
        plan_.placements[static_cast<std::size_t>(reader - network_.layers.begin())].in;
    list_.copy({job::Base::kInput, 0}, ring_place(at.ring, at.offset), parts_.input_bytes, 0, 0);
  }

  void add_tile(const PlannedGroup& g, std::size_t index) {
    const TileUse& u = g.tiles[index];
    const NetworkLayer& l = network_.layers[u.layer];
    const unsigned slot = g.group.kind != Group::Kind::single && u.layer == g.group.second ? 1 : 0;
    if (!started_[u.layer]) {
      started_[u.layer] = true;
      job::LayerCommand c = npu::command_of(l.layer, placement(u.layer));
      c.slot = static_cast<std::uint8_t>(slot);
      c.layer = static_cast<std::uint16_t>(u.layer);
      parts_.commands.push_back(plain(c));
    }
    if (plan_.layout.input_rows > 0 && u.layer == plan_.groups.front().group.first)
      load_rows(l.layer, u);
    const TileBlock& block = blocks_[tile_];
    if (block.use.is_load) {
      list_.copy({job::Base::kJob, block.source}, {job::Base::kWeights, block.use.offset},
                 block.bytes, block.use.computed_before, u.layer);
      layers_[u.layer].weight_bytes += block.bytes;
    }
    ++tile_;
    job::TileCommand c = npu::command_of(u.tile);
    c.slot = static_cast<std::uint8_t>(slot);
    c.layer = static_cast<std::uint16_t>(u.layer);
    c.wait_token = static_cast<std::uint8_t>(job::kTokenLoaded);
    c.wait_count = static_cast<std::uint16_t>(list_.size());
    c.signal_token = static_cast<std::uint8_t>(job::kTokenComputed);
    c.signal_count = 1;
    c.flags = u.is_last ? 1 : 0;
    c.partial_ring = static_cast<std::uint8_t>(rings::kPartialSums);
    c.weights_offset = block.use.offset;
    c.table_offset = block.use.offset + block.weight_bytes;
    parts_.commands.push_back(plain(c));
  }

  npu::LayerPlacement placement(std::size_t layer) const {
    npu::LayerPlacement p = plan_.placements[layer];
    p.in_masked = static_cast<std::uint32_t>(network_.layers[layer].in_masked);
    p.out_masked = static_cast<std::uint32_t>(network_.layers[layer].out_masked);
    return p;
  }

  /// The rows of the input that a tile of the first layer needs and that are not there. A row goes
  /// where an older one was, and waits for the last tile that read that one; since the ring holds a
  /// whole window, that tile comes before this one.
  void load_rows(const numbers::Layer& l, const TileUse& u) {
    const int row = static_cast<int>(u.tile.first_pixel) / l.out.width;
    const int top = row * l.stride_h - l.pad_top;
    const std::uint32_t bytes = parts_.input_bytes / static_cast<std::uint32_t>(l.in.height);
    for (; loaded_rows_ < std::min(top + l.kernel_h, l.in.height); ++loaded_rows_) {
      const int replaced = loaded_rows_ - static_cast<int>(plan_.layout.input_rows);
      // Output rows up to this one read the replaced row.
      const int last_reader = replaced < 0 ? -1 : (replaced + l.pad_top) / l.stride_h;
      const std::uint32_t computed =
          last_reader < 0 ? 0 : row_ends_[static_cast<std::size_t>(last_reader)];
      const auto n = static_cast<std::uint32_t>(loaded_rows_);
      list_.copy(
          {job::Base::kInput, n * bytes},
          ring_place(rings::kInputRows, std::uint64_t{n % plan_.layout.input_rows} * bytes * 8),
          bytes, computed, u.layer);
    }
    row_ends_.resize(static_cast<std::size_t>(row) + 1);
    row_ends_.back() = static_cast<std::uint32_t>(tile_) + 1;
  }

  /// The output may lie across the end of its ring.
  void store_output() {
    const std::size_t last = network_.layers.size() - 1;
    const npu::Place& at = plan_.placements[last].out;
    const std::uint32_t ring_bytes =
        static_cast<std::uint32_t>(plan_.layout.rings[at.ring].bits / 8);
    const std::uint32_t begin = at.offset / 8;
    const std::uint32_t first = std::min(parts_.output_bytes, ring_bytes - begin);
    const auto tiles = static_cast<std::uint32_t>(tile_);
    list_.copy(ring_place(at.ring, at.offset), {job::Base::kOutput, 0}, first, tiles, last);
    if (parts_.output_bytes > first)
      list_.copy(ring_place(at.ring, 0), {job::Base::kOutput, first}, parts_.output_bytes - first,
                 tiles, last);
    job::Command barrier{};
    barrier.wait_token = static_cast<std::uint8_t>(job::kTokenLoaded);
    barrier.wait_count = static_cast<std::uint16_t>(list_.size());
    barrier.layer = static_cast<std::uint16_t>(last);
    parts_.commands.push_back(barrier);
  }

  void check_lengths() const {
    if (list_.size() <= kMaxCount && tile_ <= kMaxCount && network_.layers.size() <= kMaxCount)
      return;
    throw InputError(fmt::format(
        "network '{}': needs {} tiles and {} DMA descriptors, but a job has at most {} of each",
        network_.name, tile_, list_.size(), kMaxCount));
  }

  const Network& network_;
  const FeaturePlan& plan_;
  const npu::Geometry& geometry_;
  std::vector<LayerPlan>& layers_;
  JobParts parts_;
  DmaList list_;
  std::vector<TileBlock> blocks_;  // by tile
  std::vector<bool> started_;      // by layer
  std::size_t tile_ = 0;           // tiles so far
  int loaded_rows_ = 0;
  std::vector<std::uint32_t> row_ends_;  // tiles up to the last one of each output row
};

}  // namespace

JobParts make_lists(const Network& network, const FeaturePlan& plan, const npu::Geometry& geometry,
                    std::vector<LayerPlan>& layers) {
  return Lists(network, plan, geometry, layers).run();
}

}  // namespace cairn::compiler
