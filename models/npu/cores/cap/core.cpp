#include "models/npu/cores/cap/core.hpp"

namespace cairn::npu::cap {

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

std::unique_ptr<Core> make(const Geometry& geometry) {
  return std::make_unique<CapCore>(geometry);
}

}  // namespace cairn::npu::cap
