#include "compiler/setup_lists.hpp"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "compiler/dma_list.hpp"
#include "compiler/map/weight_store.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

constexpr std::size_t kAlignment = 64, kMaxCount = 65'535;
constexpr std::uint64_t kCellsPerByte = 8;

/// The bits of one region.
struct CellBlock {
  std::size_t layer = 0;
  std::vector<std::uint8_t> bits;
};

std::vector<CellBlock> cell_blocks(const Network& network, const npu::Mapping& mapping,
                                   const npu::CellPlan& cells) {
  std::vector<CellBlock> blocks;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (cells.first[i] == npu::kNoCells) continue;
    for (std::vector<std::uint8_t>& bits :
         mapping.cell_bits(network.layers[i].layer, network.layers[i].weights))
      blocks.push_back({i, std::move(bits)});
  }
  return blocks;
}

job::Command cells_command(std::size_t number, const npu::CellRegion& region, std::size_t layer,
                           std::uint32_t offset, std::size_t loaded) {
  job::CellsCommand c{};
  c.kind = static_cast<std::uint8_t>(job::Kind::kCells);
  c.wait_token = static_cast<std::uint8_t>(job::kTokenLoaded);
  c.wait_count = static_cast<std::uint16_t>(loaded);
  c.signal_token = static_cast<std::uint8_t>(job::kTokenComputed);
  c.signal_count = 1;
  c.layer = static_cast<std::uint16_t>(layer);
  c.region = static_cast<std::uint16_t>(number);
  c.plane = static_cast<std::uint16_t>(region.plane);
  c.row = static_cast<std::uint16_t>(region.row);
  c.rows = static_cast<std::uint16_t>(region.rows);
  c.column = static_cast<std::uint16_t>(region.column);
  c.columns = static_cast<std::uint16_t>(region.columns);
  c.weights_offset = offset;
  return std::bit_cast<job::Command>(c);
}

}  // namespace

npu::CellPlan place_cells(const Network& network, const npu::Mapping& mapping) {
  std::vector<numbers::Layer> layers;
  for (const NetworkLayer& l : network.layers)
    layers.push_back(l.layer);
  try {
    return mapping.place_cells(layers);
  } catch (const npu::CellsRefused& refused) {
    throw InputError(fmt::format(
        "network '{}': layer '{}' finds no room in the cells of core '{}' beside the layers before "
        "it: the weights of the whole network need {} bytes, {} are available; "
        "soc.npu0.reload=true loads them tile by tile in every inference",
        network.name, network.layers[refused.layer].name, mapping.core(),
        (refused.needed + kCellsPerByte - 1) / kCellsPerByte, refused.available / kCellsPerByte));
  }
}

void add_setup(const Network& network, const npu::Mapping& mapping, const npu::CellPlan& cells,
               JobParts& parts) {
  const std::vector<CellBlock> blocks = cell_blocks(network, mapping, cells);
  if (blocks.empty()) return;
  std::vector<std::uint32_t> ids, sizes;
  const std::uint32_t sram = mapping.geometry().weight_bytes;
  for (const CellBlock& block : blocks) {
    ids.push_back(static_cast<std::uint32_t>(ids.size()));
    sizes.push_back(static_cast<std::uint32_t>(block.bits.size()));
    if (sizes.back() > sram)
      throw InputError(
          fmt::format("network '{}': layer '{}' needs {} bytes of weight memory to fill cells, but "
                      "there are {}",
                      network.name, network.layers[block.layer].name, sizes.back(), sram));
  }
  const std::vector<BlockUse> uses = place_blocks(ids, sizes, sram);
  DmaList list;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto source = static_cast<std::uint32_t>(parts.blocks.size());
    parts.blocks.insert(parts.blocks.end(), blocks[i].bits.begin(), blocks[i].bits.end());
    parts.blocks.resize((parts.blocks.size() + kAlignment - 1) / kAlignment * kAlignment);
    list.copy({job::Base::kJob, source}, {job::Base::kWeights, uses[i].offset}, sizes[i],
              uses[i].computed_before, blocks[i].layer);
    parts.setup_commands.push_back(
        cells_command(i + 1, cells.regions[i], blocks[i].layer, uses[i].offset, list.size()));
  }
  if (list.size() > kMaxCount)
    throw InputError(
        fmt::format("network '{}': filling the cells needs {} DMA descriptors, but a "
                    "set-up has at most {}",
                    network.name, list.size(), kMaxCount));
  parts.setup_descriptors = std::move(list).finish();
}

}  // namespace cairn::compiler
