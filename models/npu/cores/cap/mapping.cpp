#include "models/npu/cores/cap/mapping.hpp"

#include <algorithm>
#include <utility>

#include "models/npu/cores/cap/macro/range_search.hpp"
#include "models/npu/cores/cap/physical.hpp"
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

std::uint16_t CapMapping::adc_step(const numbers::Layer& layer,
                                   std::span<const std::int8_t> weights,
                                   std::span<const std::int16_t> features) const {
  const NonIdealities parameters = non_idealities(geometry_);
  const Encoding encoding = encoding_of(layer);
  const auto elements = static_cast<std::size_t>(layer.in.elements());
  RangeSearch search(layer, weights, encoding, parameters.dac_bits);
  for (std::size_t begin = 0; begin + elements <= features.size(); begin += elements) {
    std::vector<std::uint8_t> codes;
    for (const std::int16_t q : features.subspan(begin, elements))
      codes.push_back(static_cast<std::uint8_t>(q - layer.in_type.low()));
    numbers::FeatureMap map(layer);
    map.put(0, codes);
    search.add(map);
  }
  return static_cast<std::uint16_t>(
      std::clamp(search.smallest_lsb(parameters.adc_bits), 1,
                 full_lsb(encoding, parameters.adc_bits, parameters.dac_bits)));
}

std::uint16_t CapMapping::described_step(const numbers::Layer& layer, int step) const {
  const NonIdealities parameters = non_idealities(geometry_);
  const int range = step << NonIdealities().adc_bits;
  return static_cast<std::uint16_t>(
      std::clamp(range >> parameters.adc_bits, 1,
                 full_lsb(encoding_of(layer), parameters.adc_bits, parameters.dac_bits)));
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
