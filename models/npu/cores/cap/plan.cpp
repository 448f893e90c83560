#include "models/npu/cores/cap/plan.hpp"

#include "models/npu/chunk_plan.hpp"
#include "models/npu/cores/cap/mapping.hpp"
#include "models/npu/cores/cap/placement.hpp"
#include "models/npu/cores/cap/schedule.hpp"

namespace cairn::npu::cap {

namespace {

using numbers::Layer;

constexpr std::uint64_t kSumBits = 32;

class CapLayer : public ChunkedLayer {
 public:
  CapLayer(const Layer& layer, const Geometry& geometry, const PlanRequest& request)
      : layer_(layer), geometry_(geometry), request_(request), size_(geometry) {}

  bool takes(std::uint32_t channels) const override {
    if (kSumBits * channels > 8 * accumulator_bytes()) return false;
    if (request_.cells != kNoCells) return static_cast<int>(channels) == layer_.out.channels;
    return !layer_.has_weights() || place(pieces(channels), size_).has_value();
  }
  std::string needs() const override {
    std::string text =
        "a 32-bit sum of the " + std::to_string(accumulator_bytes()) + " bytes of accumulators";
    if (!layer_.has_weights()) return text;
    std::uint64_t cells = 0;
    for (const Piece& p : pieces(1))
      cells += std::uint64_t{p.rows} * p.columns;
    return text + ", and " + std::to_string(cells) + " of the " + std::to_string(size_.cells()) +
           " cells";
  }
  std::unique_ptr<LayerSchedule> schedule() const override {
    return std::make_unique<CapSchedule>(layer_, geometry_, request_.regions);
  }
  std::uint64_t data_cycles(const LayerSchedule& /*run*/) const override { return 0; }
  std::string remark(const std::vector<Tile>& /*tiles*/,
                     const ScheduleTotals& totals) const override {
    if (!layer_.has_weights()) return {};
    const bool is_differential = encoding_of(layer_) == Encoding::differential;
    return std::string("; ") + (is_differential ? "differential" : "weighted") + " rows, " +
           std::to_string(totals.cell_writes) + " cells written";
  }

 private:
  std::uint64_t accumulator_bytes() const {
    return static_cast<std::uint64_t>(geometry_.at("accumulator_bytes"));
  }
  std::vector<Piece> pieces(std::uint32_t channels) const {
    return pieces_of(layer_, {0, static_cast<int>(channels)}, size_);
  }

  const Layer& layer_;
  const Geometry& geometry_;
  const PlanRequest& request_;
  const MacroSize size_;
};

}  // namespace

Plan cheapest_plan(const Layer& layer, const Geometry& geometry, const PlanRequest& request) {
  return cheapest_chunks(layer, request, energy(geometry), CapLayer(layer, geometry, request));
}

}  // namespace cairn::npu::cap
