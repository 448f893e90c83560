#include "models/npu/core.hpp"

#include "models/npu/command.hpp"

namespace cairn::npu {

std::uint64_t Core::load_cells(std::uint16_t number, const CellRegion& /*region*/,
                               std::span<const std::uint8_t> /*bits*/) {
  throw Fault{ErrorCode::unsupported, number, "the core has no cells that hold weights"};
}

}  // namespace cairn::npu
