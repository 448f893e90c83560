// One way to tile a layer in the ring schedules, and what it would cost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/npu/cores/ms/array.hpp"
#include "models/npu/cores/ms/tiling.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::npu::ms {

/// Output pixels in blocks, output channels in chunks; for each block all chunks, one after the
/// other. The weights of all chunks are loaded again for every block, but for those of a single
/// chunk, which stay.
struct Candidate {
  std::string order;  ///< "resident", "pixel-outer", "rows", "channel-outer"
  PixelBlocks blocks;
  std::uint32_t chunk = 0;  ///< output channels
  bool overlapped = true;   ///< a block can be loaded while the one before it is used

  std::uint64_t array_cycles = 0, dram_cycles = 0;
  std::uint64_t cycles = 0;        ///< the longer of both if overlapped, else their sum
  std::uint64_t weight_bytes = 0;  ///< loaded from DRAM
  std::uint64_t feature_elements = 0;
  double energy_pj = 0;  ///< of DRAM, feature and weight writes: what the choice changes
};

/// Fits chunks of some output channels of a layer to the memories, and prices tilings.
class Pricing {
 public:
  /// `channels`: output channels to be cut into chunks. Keeps references to all but the last.
  Pricing(const numbers::Layer& layer, const Geometry& geometry, const PlanRequest& request,
          std::uint32_t channels);

  /// The most channels of a chunk whose block takes at most `bytes`: multiples of tile_channels,
  /// all chunks about equal; fewer than tile_channels only where not even these fit. Throws
  /// PlanRefused if not one channel fits.
  std::uint32_t chunk_in(std::uint64_t bytes) const;
  /// Bytes of the block of so many output channels, all input channels.
  std::uint64_t block_bytes_of(std::uint32_t channels) const;
  /// Loaded from DRAM.
  std::uint64_t weight_bytes(const PixelBlocks& blocks, std::uint32_t chunk) const;
  /// Fills in the price of a candidate whose order, blocks, chunk and overlap are set.
  Candidate priced(Candidate candidate, const EnergyTable& energy) const;
  /// Bits of input and output that are alive at once, see peak_live_bits.
  std::uint64_t live_bits(const Candidate& candidate) const;

 private:
  const numbers::Layer& layer_;
  const PlanRequest& request_;
  const Array array_;
  const std::uint64_t line_buffer_bits_, accumulator_bits_;
  const std::uint32_t channels_;
  mutable std::vector<std::uint32_t> live_;  // live_from(layer), once needed
};

}  // namespace cairn::npu::ms
