#include "models/npu/cores/cap/core.hpp"

#include <utility>

#include "models/npu/block.hpp"
#include "models/npu/command.hpp"
#include "models/npu/cores/cap/physical.hpp"
#include "models/npu/cores/cap/placement.hpp"
#include "models/npu/cores/cap/schedule.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::npu::cap {

namespace {

constexpr std::size_t kRegions = 0xffff;  ///< numbers have 16 bits

}  // namespace

CapCore::CapCore(const Geometry& geometry, const Arithmetic& arithmetic)
    : mapping_(geometry), size_(geometry), cells_(size_), regions_(kRegions) {
  if (arithmetic.is_physical)
    macro_ = std::make_unique<MacroInstance>(non_idealities(geometry), arithmetic.seed);
}

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

/// Kernels take weights and table from one block: where weights lie in cells, one is made of both.
std::unique_ptr<Kernel> CapCore::kernel(const numbers::Layer& layer, const Tile& tile,
                                        std::span<const std::uint8_t> block) const {
  const bool is_plain = tile.cells == kNoCells && macro_ == nullptr;
  if (is_plain || !layer.has_weights()) return exact_kernel(layer, tile, block);
  Tile whole = tile;
  whole.cells = kNoCells;
  const BlockShape shape = block_shape(layer, whole);
  std::vector<std::int8_t> weights(static_cast<std::size_t>(shape.layer.weight_count()));
  std::vector<std::uint8_t> bytes(block.begin(), block.end());
  if (tile.cells == kNoCells) {
    numbers::unpack_weights(block.first(shape.weight_bytes), shape.layer, weights);
  } else {
    weights = cells_.weights(layer, tile, regions_);
    bytes.insert(bytes.begin(), shape.weight_bytes, 0);
    numbers::pack_weights(weights, shape.layer, bytes);
  }
  if (macro_ == nullptr) return exact_kernel(layer, whole, bytes);
  const std::vector<Piece> pieces = pieces_of(
      layer, {static_cast<int>(tile.first_channel), static_cast<int>(tile.channels)}, size_);
  const auto placed = tile.cells == kNoCells ? place(pieces, size_) : std::nullopt;
  const LayerMapping mapping = layer_mapping(
      layer, tile, pieces,
      placed ? std::span<const CellRegion>(*placed) : regions_of(tile, pieces, regions_),
      macro_->parameters());
  return physical_kernel(layer, tile, mapping, std::move(weights), bytes, *macro_);
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
          operating_points(),
          true};
}

std::unique_ptr<Core> make(const Geometry& geometry, const Arithmetic& arithmetic) {
  return std::make_unique<CapCore>(geometry, arithmetic);
}

}  // namespace cairn::npu::cap
