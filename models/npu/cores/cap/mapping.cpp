#include "models/npu/cores/cap/mapping.hpp"

#include <utility>

#include "models/npu/cores/cap/placement.hpp"
#include "models/npu/cores/cap/plan.hpp"
#include "models/npu/cores/cap/resident.hpp"
#include "models/npu/cores/cap/schedule.hpp"
#include "models/npu/operands.hpp"

namespace cairn::npu::cap {

namespace {

constexpr std::size_t kMaxRegions = 0xffff;  ///< numbers have 16 bits

}  // namespace

std::vector<OperatingPoint> operating_points() {
  return {{35'000'000, 1'200, "arXiv 2107.02388: 573.4 GOPS; the voltage is assumed"}};
}

CapMapping::CapMapping(Geometry geometry) : geometry_(std::move(geometry)) {}

const std::vector<ScheduleEntry>& CapMapping::schedules() const {
  static const std::vector<ScheduleEntry> list = {
      {"cap", "layer by layer, input and output in one ring", FeaturePolicy::ring, false}};
  return list;
}

std::string CapMapping::unsupported(const numbers::Layer& layer) const {
  const std::string reason = numbers::invalid(layer);
  if (!reason.empty() || !layer.has_weights() || !has_unstorable_padding(layer)) return reason;
  return "is padded with the zero point " + std::to_string(layer.in_type.zero_point) +
         ", which no feature of " + std::to_string(layer.in_type.bits) + " bits can hold";
}

Plan CapMapping::plan(const numbers::Layer& layer, const PlanRequest& request) const {
  PlanRequest r = request;
  if (r.block_bytes == 0) r.block_bytes = geometry_.weight_bytes / 2;
  if (r.resident_bytes == 0) r.resident_bytes = geometry_.weight_bytes;
  if (r.feature_bits == 0) r.feature_bits = geometry_.feature_bits;
  return cheapest_plan(layer, geometry_, r);
}

std::unique_ptr<LayerSchedule> CapMapping::schedule(const numbers::Layer& layer) const {
  return std::make_unique<CapSchedule>(layer, geometry_, std::span<const CellRegion>());
}

CellPlan CapMapping::place_cells(std::span<const numbers::Layer> layers) const {
  const MacroSize size(geometry_);
  CellPlan plan{{}, std::vector<std::uint16_t>(layers.size(), kNoCells), 0};
  if (geometry_.reload) return plan;
  plan.available = size.cells();
  std::vector<Piece> pieces;
  std::vector<std::size_t> ends;  // of each layer's pieces
  std::uint64_t needed = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].has_weights()) {
      plan.first[i] = static_cast<std::uint16_t>(pieces.size() + 1);
      for (const Piece& p : pieces_of(layers[i], {0, layers[i].out.channels}, size)) {
        pieces.push_back(p);
        needed += std::uint64_t{p.rows} * p.columns;
      }
    }
    ends.push_back(pieces.size());
  }
  if (auto regions = place(pieces, size); regions && pieces.size() < kMaxRegions) {
    plan.regions = std::move(*regions);
    return plan;
  }
  std::size_t layer = 0;
  while (layer + 1 < layers.size() && place(std::span(pieces).first(ends[layer]), size))
    ++layer;
  throw CellsRefused{layer, needed, plan.available};
}

std::vector<std::vector<std::uint8_t>> CapMapping::cell_bits(
    const numbers::Layer& layer, std::span<const std::int8_t> weights) const {
  const MacroSize size(geometry_);
  std::vector<std::vector<std::uint8_t>> bits;
  for (const Piece& piece : pieces_of(layer, {0, layer.out.channels}, size))
    bits.push_back(bits_of(layer, piece, weights, size));
  return bits;
}

}  // namespace cairn::npu::cap
