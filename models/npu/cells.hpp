// Where weights lie in an array that holds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::npu {

/// A rectangle of cells in one plane of the array: an evaluation selects a plane.
struct CellRegion {
  std::uint32_t plane = 0;
  std::uint32_t row = 0, rows = 0;
  std::uint32_t column = 0, columns = 0;

  std::uint64_t cells() const { return std::uint64_t{rows} * columns; }
  bool operator==(const CellRegion&) const = default;
};

/// Where the weights of a network lie. Regions are numbered from 1.
struct CellPlan {
  std::vector<CellRegion> regions;
  std::vector<std::uint16_t> first;  ///< by layer: its first region; kNoCells: it has no weights
  std::uint64_t available = 0;       ///< cells; 0 where the core keeps no weights

  std::uint64_t used() const {
    std::uint64_t sum = 0;
    for (const CellRegion& r : regions)
      sum += r.cells();
    return sum;
  }
};

/// The weights of a network do not fit the cells.
struct CellsRefused {
  std::size_t layer = 0;                    ///< the first one without room beside those before it
  std::uint64_t needed = 0, available = 0;  ///< cells, of the whole network
};

}  // namespace cairn::npu
