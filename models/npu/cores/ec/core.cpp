#include "models/npu/cores/ec/core.hpp"

#include "models/npu/cores/ec/search_meter.hpp"

namespace cairn::npu::ec {

std::unique_ptr<ActivityMeter> EcCore::meter(const numbers::Layer& layer, const Tile& tile,
                                             std::span<const std::uint8_t> block) const {
  if (!layer.has_weights()) return nullptr;
  return std::make_unique<SearchMeter>(layer, tile, block, mapping_.geometry());
}

CoreEntry entry() {
  return {"ec",
          2,
          "in-memory entry counting: dot products by content-addressable search (JETCAS 10(3), "
          "2020)",
          defaults,
          energy,
          [](const Geometry& geometry) -> std::unique_ptr<Mapping> {
            return std::make_unique<EcMapping>(geometry);
          },
          operating_points()};
}

std::unique_ptr<Core> make(const Geometry& geometry, const Arithmetic&) {
  return std::make_unique<EcCore>(geometry);
}

}  // namespace cairn::npu::ec
