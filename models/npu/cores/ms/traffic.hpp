// Feature traffic of a tiling in closed form, without running its schedule.
#pragma once

#include <cstdint>

#include "models/npu/cores/ms/array.hpp"
#include "models/npu/cores/ms/tiling.hpp"

namespace cairn::npu::ms {

/// Channels of the tiles that one block of pixels passes through, one after the other.
struct ChannelCut {
  std::uint32_t channels = 0;  ///< output channels of all these tiles
  std::uint32_t chunk = 0;     ///< of each but the last
  std::uint32_t inputs = 0;    ///< input channels of each
};

/// Input pixels (each with the cut's input channels) that the steps of these tiles fetch. Equal to
/// the sum over the schedule's runs, if the buffer is empty before.
std::uint64_t pixels_fetched(const numbers::Layer& layer, const Array& array,
                             std::uint64_t capacity_bits, const PixelBlocks& blocks,
                             const ChannelCut& cut);

/// Array cycles of these tiles, without the drain.
std::uint64_t cycles_of(const numbers::Layer& layer, const Array& array, const PixelBlocks& blocks,
                        const ChannelCut& cut);

}  // namespace cairn::npu::ms
