#include "models/npu/cores/ec/plan.hpp"

#include "models/npu/chunk_plan.hpp"
#include "models/npu/cores/ec/counting_plan.hpp"
#include "models/npu/cores/ec/mapping.hpp"
#include "models/npu/cores/ec/schedule.hpp"

namespace cairn::npu::ec {

namespace {

using numbers::Layer;

constexpr std::uint64_t kSumBits = 32;

class EcLayer : public ChunkedLayer {
 public:
  EcLayer(const Layer& layer, const Geometry& geometry)
      : layer_(layer), geometry_(geometry), choice_(geometry) {}

  bool takes(std::uint32_t channels) const override {
    return kSumBits * channels <= 8 * accumulator_bytes();
  }
  std::string needs() const override {
    return "a 32-bit sum of the " + std::to_string(accumulator_bytes()) + " bytes of accumulators";
  }
  std::unique_ptr<LayerSchedule> schedule() const override {
    return std::make_unique<EcSchedule>(layer_, geometry_);
  }
  std::uint64_t data_cycles(const LayerSchedule& run) const override {
    return layer_.has_weights() ? static_cast<const EcSchedule&>(run).dots() *
                                      counting_plan(layer_, counting_of(geometry_)).dense_steps()
                                : 0;
  }
  std::string remark(const std::vector<Tile>& tiles, const ScheduleTotals& totals) const override {
    if (!layer_.has_weights()) return {};
    bool some_activations = false, some_weights = false;
    for (const Tile& tile : tiles)
      (choice_.of(layer_, tile).stationary == Stationary::weights ? some_weights
                                                                  : some_activations) = true;
    const std::string stationary = some_activations && some_weights
                                       ? "activations or weights, by tile,"
                                   : some_weights ? "weights"
                                                  : "activations";
    return "; " + stationary + " stay in the entries, " + std::to_string(totals.loads) + " loads";
  }

 private:
  std::uint64_t accumulator_bytes() const {
    return static_cast<std::uint64_t>(geometry_.at("accumulator_bytes"));
  }

  const Layer& layer_;
  const Geometry& geometry_;
  const DataflowChoice choice_;
};

}  // namespace

Plan cheapest_plan(const Layer& layer, const Geometry& geometry, const PlanRequest& request) {
  return cheapest_chunks(layer, request, energy(geometry), EcLayer(layer, geometry));
}

}  // namespace cairn::npu::ec
