// Where a layer's weights lie in the macro, and in which encoding.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::cap {

constexpr int kRows = 64;       ///< of MAC units, each with one capacitor and 8 cells
constexpr int kColumns = 128;   ///< the length of a dot product
constexpr int kSlices = 32;     ///< slice s: rows 2s and 2s + 1, one ADC
constexpr int kCellPlanes = 8;  ///< cells of a unit; one is selected
constexpr int kSteps = 16;      ///< a range's LSB is given in steps of 1/16 accumulator unit

/// differential: weights -1, 0, +1 in two rows, cells of +1 in the even one and of -1 in the odd
/// one; one conversion of their difference. weighted: two's complement, a conversion per bit.
enum class Encoding : std::uint8_t { differential, weighted };

/// Of a whole layer, from all its weights.
Encoding encoding_of(std::span<const std::int8_t> weights);

/// Inputs 128 * chunk and on of some outputs, one weight bit of each. The layer's inputs are
/// flattened as (ky * kernel_w + kx) * channels + ci; depthwise: ky * kernel_w + kx. Which cell
/// of the units holds them makes no difference to the sums.
struct Rectangle {
  int chunk = 0;
  int bit = 0;                        ///< of the weight; 0 in `differential`
  int first_output = 0, outputs = 0;  ///< output channels of the layer
  int first_row = 0;     ///< even in `differential`: output k has rows first_row + 2k and the next
  int first_column = 0;  ///< of the chunk's first input

  bool operator==(const Rectangle&) const = default;
};

/// How a layer is computed by the macro. Rectangles may share cells: weights may be reloaded.
struct LayerMapping {
  Encoding encoding = Encoding::weighted;
  int lsb = kSteps;         ///< the ADC's step, in 1/16 accumulator units
  std::uint32_t layer = 0;  ///< names the layer to the noise
  std::vector<Rectangle> rectangles;
};

int chunks_of(const numbers::Layer& layer);
/// Inputs of a chunk: 128, or what is left in the last one.
int inputs_of(const numbers::Layer& layer, int chunk);
/// Weight bits that are converted apart: 1 in `differential`.
int planes_of(const numbers::Layer& layer, Encoding encoding);
inline int rows_of(Encoding encoding, int outputs) {
  return encoding == Encoding::differential ? 2 * outputs : outputs;
}
/// What a one of that weight bit counts: the top bit of `weighted` is negative.
int plane_weight(const numbers::Layer& layer, Encoding encoding, int bit);
int dac_slices_of(const numbers::Layer& layer, int dac_bits);
/// LSB at full range, in 1/16 units: the sums' span by 2^adc_bits.
int full_lsb(Encoding encoding, int adc_bits, int dac_bits);

/// One lane of a conversion: where one output of a rectangle lies.
struct RowPlace {
  int row = 0, slice = 0, first_column = 0;
};
inline RowPlace place_of(const Rectangle& rectangle, Encoding encoding, int output) {
  const int row = rectangle.first_row + rows_of(encoding, output - rectangle.first_output);
  return {row, row / 2, rectangle.first_column};
}

/// Empty, or why these channels cannot be computed so ("chunk 2, bit 0, output 5 has no place").
std::string invalid(const LayerMapping& mapping, const numbers::Layer& layer,
                    const numbers::ChannelRange& channels, int adc_bits, int dac_bits);

}  // namespace cairn::npu::cap
