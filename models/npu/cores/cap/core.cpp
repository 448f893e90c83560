#include "models/npu/cores/cap/core.hpp"

#include <algorithm>

#include "models/npu/block.hpp"
#include "models/npu/command.hpp"
#include "models/npu/cores/cap/schedule.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::npu::cap {

namespace {

constexpr std::size_t kRegions = 0xffff;  ///< numbers have 16 bits

}  // namespace

CapCore::CapCore(const Geometry& geometry)
    : mapping_(geometry), size_(geometry), cells_(size_), regions_(kRegions) {}

std::unique_ptr<LayerSchedule> CapCore::schedule(const numbers::Layer& layer) const {
  return std::make_unique<CapSchedule>(layer, mapping_.geometry(), regions_);
}

std::uint64_t CapCore::load_cells(std::uint16_t number, const CellRegion& region,
                                  std::span<const std::uint8_t> bits) {
  if (number == kNoCells || region.cells() == 0 || region.plane >= size_.planes ||
      region.row + region.rows > size_.rows || region.column + region.columns > size_.columns)
    throw Fault{ErrorCode::bad_command, number, "a region lies outside the cells"};
  regions_[number - 1u] = region;
  cells_.write(region, bits);
  ++version_;
  return region.rows * static_cast<std::uint64_t>(mapping_.geometry().at("row_cycles"));
}

/// The exact kernel takes weights from a block: one is made of the cells and the tile's table.
std::unique_ptr<Kernel> CapCore::kernel(const numbers::Layer& layer, const Tile& tile,
                                        std::span<const std::uint8_t> block) const {
  if (tile.cells == kNoCells || !layer.has_weights()) return exact_kernel(layer, tile, block);
  Tile whole = tile;
  whole.cells = kNoCells;
  const BlockShape shape = block_shape(layer, whole);
  std::vector<std::uint8_t> bytes(shape.bytes());
  numbers::pack_weights(cells_.weights(layer, tile, regions_), shape.layer, bytes);
  std::ranges::copy(block.first(shape.table_bytes),
                    bytes.begin() + static_cast<std::ptrdiff_t>(shape.weight_bytes));
  return exact_kernel(layer, whole, bytes);
}

CoreEntry entry() {
  return {"cap",
          3,
          "charge-domain in-memory computing, CAP-RAM: dot products on shared capacitors, 7-bit "
          "ADC (JSSC 56(6), 2021)",
          defaults,
          energy,
          [](const Geometry& geometry) -> std::unique_ptr<Mapping> {
            return std::make_unique<CapMapping>(geometry);
          },
          operating_points()};
}

std::unique_ptr<Core> make(const Geometry& geometry, const Arithmetic& /*arithmetic*/) {
  return std::make_unique<CapCore>(geometry);
}

}  // namespace cairn::npu::cap
