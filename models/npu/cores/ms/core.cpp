#include "models/npu/cores/ms/core.hpp"

namespace cairn::npu::ms {

CoreEntry entry() {
  return {"ms",
          1,
          "memory stationary: features stay in one ring (JSSC 60(8), 2025)",
          defaults,
          energy,
          [](const Geometry& geometry) -> std::unique_ptr<Mapping> {
            return std::make_unique<MsMapping>(geometry);
          },
          {{800'000'000, 900, "JSSC 60(8), 2025"}}};
}

std::unique_ptr<Core> make(const Geometry& geometry, const Arithmetic&) {
  return std::make_unique<MsCore>(geometry);
}

}  // namespace cairn::npu::ms
