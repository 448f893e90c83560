// Where weights lie in an array that holds them.
#pragma once

#include <cstdint>

namespace cairn::npu {

/// A rectangle of cells in one plane of the array: an evaluation selects a plane.
struct CellRegion {
  std::uint32_t plane = 0;
  std::uint32_t row = 0, rows = 0;
  std::uint32_t column = 0, columns = 0;

  std::uint64_t cells() const { return std::uint64_t{rows} * columns; }
  bool operator==(const CellRegion&) const = default;
};

}  // namespace cairn::npu
