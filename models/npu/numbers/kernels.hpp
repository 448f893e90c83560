// The inner loops of the fast kernels, written once per instruction set.
#pragma once

#include <cstdint>

#include "models/npu/numbers/fast.hpp"

namespace cairn::numbers {

class Requantiser;

constexpr std::int64_t kLanes = 16;  ///< output channels of a block
constexpr int kTilePixels = 8;       ///< most output pixels of a tile
constexpr int kTileBlocks = 2;       ///< most channel blocks of a tile

inline int round_up_to_lanes(int channels) {
  return static_cast<int>((channels + kLanes - 1) / kLanes * kLanes);
}

/// The accumulators of a tile: [block][pixel][lane], pixels packed: a tile of 3 has its second
/// block after 3 * kLanes.
struct alignas(64) Accumulators {
  std::int32_t sums[kLanes * kTilePixels * kTileBlocks] = {};
};

/// Output pixels by their windows' first operand, in a map with its padding.
struct Tile {
  const std::int16_t* pixels[kTilePixels];
  int count;  ///< pixels in use, 1 to what the kernel takes
};

/// A window as rows of operands that lie side by side, taken two by two. Weights:
/// [block][row][pair][lane][2], where an odd row ends with a weight of zero.
struct PairedWindow {
  int rows;
  int pairs;                   ///< of a row
  std::int64_t row_pitch;      ///< elements from row to row of the map
  std::int64_t block_weights;  ///< elements from block to block: rows * pairs * kLanes * 2
};

/// A window as taps in one channel block, two by two; an odd one ends with a tap of weight zero.
/// Weights: [pair][kLaneOrder][2].
struct TapWindow {
  const std::int64_t* taps;  ///< elements from the window's first operand
  int pairs;
};

/// Lane i of the tap weights is channel kLaneOrder[i]: AVX2 interleaves each half of a register on
/// its own.
constexpr int kLaneOrder[kLanes] = {0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15};

/// Sums wrap modulo 2^32: exact whenever the whole sum fits, whatever its parts.
struct Kernels {
  int tile_pixels;          ///< most pixels of `convolve`
  int tile_blocks;          ///< most blocks of `convolve`
  int channel_tile_pixels;  ///< most pixels of `convolve_channels` and `largest`
  /// Sums of products over `blocks` (1 to tile_blocks) consecutive blocks.
  void (*convolve)(const Tile&, const PairedWindow&, const std::int16_t* weights, int blocks,
                   std::int32_t* sums);
  /// Sums of products, channel by channel, of one block.
  void (*convolve_channels)(const Tile&, const TapWindow&, const std::int16_t* weights,
                            std::int32_t* sums);
  /// The largest operand, channel by channel, of one block.
  void (*largest)(const Tile&, const TapWindow&, std::int32_t* largest);
  /// Sums of `pixels` pixels and one block to outputs, kLanes a pixel. Not for
  /// Requantiser::Form::scalar.
  void (*requantise)(const Requantiser&, const std::int32_t* sums, int pixels, int block,
                     std::int32_t* out, std::int64_t out_pitch);
};

extern const Kernels kPortableKernels;
extern const Kernels kAvx2Kernels;  ///< call only where has_instruction_set says so

/// Kernels::requantise for AVX2.
void requantise_avx2(const Requantiser&, const std::int32_t* sums, int pixels, int block,
                     std::int32_t* out, std::int64_t out_pitch);

/// Kernels::convolve for AVX-512 with VNNI: tiles of 8 pixels and 2 blocks.
void convolve_avx512(const Tile& tile, const PairedWindow& window, const std::int16_t* weights,
                     int blocks, std::int32_t* sums);

const Kernels& kernels_for(InstructionSet instructions);

}  // namespace cairn::numbers
