// The cheapest tiling of a layer in chunks of output channels, for cores that run their schedules
// to see.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/npu/mapping.hpp"

namespace cairn::npu {

/// What a schedule counts over all tiles.
struct ScheduleTotals {
  std::uint64_t array_cycles = 0;  ///< loads of cells included
  std::uint64_t pixels_read = 0, weight_bits = 0;
  std::uint64_t buffer_bits_read = 0, buffer_bits_written = 0;
  std::uint64_t loads = 0, cell_writes = 0;
};

/// One layer on one core, as the search for its plan sees it.
class ChunkedLayer {
 public:
  virtual ~ChunkedLayer() = default;
  /// Whether the core can compute so many output channels in one tile; a block of more bytes than
  /// it may have is refused elsewhere.
  virtual bool takes(std::uint32_t channels) const = 0;
  /// What a tile of one channel needs beside its block, as a clause: for a refusal.
  virtual std::string needs() const = 0;
  virtual std::unique_ptr<LayerSchedule> schedule() const = 0;
  /// Cycles of the array that depend on the data, at most; `run` is a schedule() after all tiles.
  virtual std::uint64_t data_cycles(const LayerSchedule& run) const = 0;
  /// More about a tiling, for people; empty or "; ..." to be put behind the reason.
  virtual std::string remark(const std::vector<Tile>& tiles,
                             const ScheduleTotals& totals) const = 0;
};

/// Tries the weights resident, or in chunks of output channels for blocks of 1, 2, 4... and all
/// rows; runs the schedule of each and counts its accesses. Among those within 1% of the fewest
/// cycles the one with the least energy of DRAM, SRAMs, buffer and loads, by `energy`. All values
/// of the request are filled in. Tiles have request.cells. Throws PlanRefused if there is none.
Plan cheapest_chunks(const numbers::Layer& layer, const PlanRequest& request,
                     const EnergyTable& energy, const ChunkedLayer& chunked);

}  // namespace cairn::npu
