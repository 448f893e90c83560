#include "models/npu/cores/ms/traffic.hpp"

#include <algorithm>

#include "models/npu/cores/ms/line_buffer.hpp"

namespace cairn::npu::ms {

using numbers::Layer;

namespace {

/// Columns that the steps of `step` pixels need, from pixel `first` of a row on, each counted as
/// often as a step needs it.
std::uint64_t columns_of_steps(const Layer& layer, std::uint32_t first, std::uint32_t pixels,
                               std::uint32_t step) {
  std::uint64_t columns = 0;
  for (std::uint32_t at = first; at < first + pixels; at += step)
    columns += columns_used(layer, static_cast<int>(at),
                            static_cast<int>(std::min(at + step, first + pixels)) - 1);
  return columns;
}

/// Rows are kept: the first chunk of a block goes on where the block before it ended, the others
/// find the block's input in the buffer or fetch it again.
std::uint64_t fetched_with_rows(const Layer& layer, const LineBufferFit& fit,
                                const PixelBlocks& blocks, std::uint64_t chunks, bool over_map) {
  const std::uint64_t columns = columns_used(layer, 0, layer.out.width - 1);
  std::uint64_t pixels = rows_used(layer, 0, layer.out.height - 1) * columns;
  if (over_map) return chunks * pixels;
  if (chunks == 1 || blocks.columns != 0) return pixels;
  const auto rows = static_cast<int>(std::min<std::uint32_t>(blocks.rows, layer.out.height));
  for (int row = 0; row < layer.out.height; row += rows) {
    const int last = std::min(row + rows, layer.out.height) - 1;
    if (!fit.keeps_all(static_cast<std::uint32_t>(row * layer.out.width),
                       static_cast<std::uint32_t>((last - row + 1) * layer.out.width)))
      pixels += (chunks - 1) * rows_used(layer, row, last) * columns;
  }
  return pixels;
}

std::uint64_t passes_of(const Array& array, const ChannelCut& cut) {
  return cut.channels / cut.chunk * array.passes(cut.chunk) +
         array.passes(cut.channels % cut.chunk);
}

}  // namespace

std::uint64_t cycles_of(const Layer& layer, const Array& array, const PixelBlocks& blocks,
                        const ChannelCut& cut) {
  const std::uint32_t step =
      blocks.columns == 0 ? array.pixels : std::min(blocks.columns, array.pixels);
  const std::uint64_t steps =
      std::uint64_t(layer.out.height) * ((layer.out.width + step - 1) / step);
  return steps * passes_of(array, cut) * array.pass_cycles(layer, cut.inputs);
}

std::uint64_t pixels_fetched(const Layer& layer, const Array& array, std::uint64_t capacity_bits,
                             const PixelBlocks& blocks, const ChannelCut& cut) {
  const std::uint64_t chunks = (cut.channels + cut.chunk - 1) / cut.chunk;
  const bool over_map = passes_over_map(layer, array.pixels, blocks.most_pixels(layer));
  const LineBufferFit fit(layer, cut.inputs, array.pixels, capacity_bits);
  if (fit.keeping(1, true) == Keeping::rows)
    return fetched_with_rows(layer, fit, blocks, chunks, over_map);

  const std::uint64_t unkept = is_channelwise(layer) ? chunks : passes_of(array, cut);
  const auto width = static_cast<std::uint32_t>(layer.out.width);
  const std::uint32_t piece = blocks.columns == 0 ? width : blocks.columns;
  const auto columns = [&](bool in_one_row) {
    std::uint64_t sum = 0;
    for (std::uint32_t first = 0; first < width; first += piece) {
      const std::uint32_t pixels = std::min(piece, width - first);
      const Keeping keeping = fit.keeping(pixels, in_one_row);
      if (keeping == Keeping::tile)
        sum += (over_map ? chunks : 1) * columns_of_steps(layer, first, pixels, pixels);
      else
        sum += (keeping == Keeping::window ? chunks : unkept) *
               columns_of_steps(layer, first, pixels, array.pixels);
    }
    return sum;
  };
  const std::uint64_t alone = columns(true), together = columns(false);
  const int block_rows = blocks.columns != 0 ? 1 : static_cast<int>(blocks.rows);
  std::uint64_t pixels = 0;
  for (int row = 0; row < layer.out.height; ++row) {
    const bool in_one_row =
        block_rows == 1 || (row % block_rows == 0 && row + 1 == layer.out.height);
    pixels += rows_used(layer, row, row) * (in_one_row ? alone : together);
  }
  return pixels;
}

}  // namespace cairn::npu::ms
