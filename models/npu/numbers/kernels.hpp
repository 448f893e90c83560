// The inner loops of the fast kernels, written once per instruction set.
#pragma once

#include <cstdint>

#include "models/npu/numbers/instruction_set.hpp"

namespace cairn::numbers {

class Requantiser;

constexpr int kLanes = 16;       ///< output channels of a block
constexpr int kTilePixels = 32;  ///< most output pixels of a tile
constexpr int kTileBlocks = 2;   ///< most channel blocks of a tile
constexpr int kTilePitch = kTileBlocks * kLanes;

constexpr int blocks_of(int channels) {
  return (channels + kLanes - 1) / kLanes;
}

/// Sums of a tile: [pixel][block][lane], kTilePitch a pixel.
struct alignas(64) Sums {
  std::int32_t at[kTilePixels * kTilePitch];
};

/// Operand rows of output pixels, each the operands of one output side by side.
struct OperandRows {
  const std::uint8_t* first;
  std::int64_t pitch;  ///< bytes
  int count;           ///< 1 to kTilePixels; if above 4, more may be read, up to a multiple of 16
};

/// Windows of consecutive pixels of an output row, each as runs of operands that lie side by side.
struct WindowRuns {
  const std::uint8_t* first;
  std::int64_t step;  ///< bytes from pixel to pixel
  std::int64_t pixels;
  std::int64_t row_pitch;
  int rows;
  std::int64_t run_pitch;
  int runs;           ///< of a row
  std::int64_t size;  ///< bytes of a run
};
constexpr int kCopyBeyond = 63;  ///< bytes that gathering may read and write beyond the end

/// Weights of consecutive channel blocks: [block][group][lane][4], four operands a group.
struct WeightPanel {
  const std::int8_t* first;
  int groups;                ///< of four operands; where `operand_step` is 64, a multiple of 16
  std::int64_t block_pitch;  ///< bytes
  int blocks;                ///< 1 to kTileBlocks
  int pair_bound;            ///< no |sum of two products| is larger
};

/// Channel by channel: taps two by two, each at an offset from the window's first operand; an odd
/// one ends with a tap of weight zero. Weights: [pair][kLaneOrder][2].
struct TapWindow {
  const std::int64_t* taps;
  int pairs;
  const std::int16_t* weights;
};

/// Lane i of the tap weights is channel kLaneOrder[i]: AVX2 interleaves each half of a register on
/// its own.
constexpr int kLaneOrder[kLanes] = {0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15};

/// Operands are codes. Sums wrap modulo 2^32: exact whenever the whole sum fits, whatever its
/// parts.
struct Kernels {
  int operand_step;  ///< operands of a row are padded to a multiple of this with zero weights
  /// Sums of products: a tile.
  void (*products)(const OperandRows&, const WeightPanel&, std::int32_t* sums);
  /// Rows of kLanes channels' weights, `pitch` bytes apart, to `groups` groups of one block.
  void (*interleave)(const std::int8_t* rows, std::int64_t pitch, int groups, std::int8_t* block);
  /// Puts each pixel's runs side by side, the pixels `pitch` bytes apart. What it writes beyond a
  /// run the next run overwrites.
  void (*gather)(const WindowRuns&, std::uint8_t* to, std::int64_t pitch);
  /// Called before and after any number of `products` in one thread.
  void (*begin)();
  void (*end)();
  /// Sums of products of one block, channel by channel, of windows at pixels[0..count).
  void (*channel_sums)(const std::uint8_t* const* pixels, int count, const TapWindow&,
                       std::int32_t* sums);
  /// The largest code of kLanes channels of one window.
  void (*largest)(const std::uint8_t* pixel, const std::int64_t* taps, int count,
                  std::uint8_t* out);
  /// Sums of one block to codes: kLanes bytes a pixel. Not for Requantiser::Form::none and scalar.
  void (*requantise)(const Requantiser&, const std::int32_t* sums, std::int64_t sums_pitch,
                     int pixels, int channel, std::uint8_t* out, std::int64_t out_pitch);
};

const Kernels& kernels_for(InstructionSet instructions);

extern const Kernels kPortableKernels;

}  // namespace cairn::numbers
