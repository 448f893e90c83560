#include "models/npu/cores/ms/schedule.hpp"

#include <algorithm>

#include "models/npu/block.hpp"

namespace cairn::npu::ms {

namespace {

using numbers::Layer;

/// Bits of each pixel of a step's window that the passes of a tile read from the line buffer.
std::uint64_t bits_read_per_pixel(const Layer& layer, const Array& array, const Tile& tile) {
  if (!is_channelwise(layer)) return array.passes(tile.channels) * pixel_bits(layer, tile.inputs);
  const auto outputs_per_input = static_cast<std::uint32_t>(layer.out.channels / layer.in.channels);
  std::uint64_t inputs = 0;
  const std::uint32_t end = tile.first_channel + tile.channels;
  for (std::uint32_t first = tile.first_channel; first < end; first += array.channels) {
    const std::uint32_t last = std::min(first + array.channels, end) - 1;
    inputs += last / outputs_per_input - first / outputs_per_input + 1;
  }
  return pixel_bits(layer, inputs);
}

std::uint64_t bits_fetched(const TileSteps& tile_steps, const Step& step,
                           std::uint64_t bits_per_pixel) {
  std::uint64_t pixels = 0;
  for (std::uint32_t r = step.first_run; r < step.first_run + step.runs; ++r)
    pixels += tile_steps.runs[r].count;
  return pixels * bits_per_pixel;
}

}  // namespace

MsSchedule::MsSchedule(const Layer& layer, const Geometry& geometry)
    : layer_(layer),
      array_(geometry),
      table_buffer_bits_(8 * static_cast<std::uint64_t>(geometry.at("table_buffer_bytes"))),
      line_buffer_(layer_, array_,
                   8 * static_cast<std::uint64_t>(geometry.at("line_buffer_bytes"))) {}

TileSteps MsSchedule::next(const Tile& tile) {
  const auto width = static_cast<std::uint32_t>(layer_.out.width);
  const BlockShape block = block_shape(layer_, tile);
  const std::uint64_t weight_bits = 8 * block.weight_bytes, table_bits = 8 * block.table_bytes;
  const std::uint64_t read_per_pixel = bits_read_per_pixel(layer_, array_, tile);
  const std::uint64_t fetched_per_pixel = pixel_bits(layer_, tile.inputs);
  const std::uint64_t macs_per_pixel = layer_.has_weights()
                                           ? std::uint64_t(layer_.inputs_per_output()) *
                                                 tile.inputs / layer_.in.channels * tile.channels
                                           : 0;
  const std::uint64_t cycles =
      array_.passes(tile.channels) * array_.pass_cycles(layer_, tile.inputs);

  TileSteps result;
  result.steps.reserve(tile.pixels / array_.pixels + tile.pixels / width + 2);
  line_buffer_.begin(tile);
  for (std::uint32_t pixel = tile.first_pixel, end = pixel + tile.pixels; pixel < end;) {
    const auto row = static_cast<int>(pixel / width), first = static_cast<int>(pixel % width);
    Step step;
    step.first_output = pixel;
    step.outputs = std::min({array_.pixels, width - pixel % width, end - pixel});
    const int last = first + static_cast<int>(step.outputs) - 1;
    step.compute_cycles = static_cast<std::uint32_t>(cycles);
    step.weight_bits =
        weight_bits +
        (pixel == tile.first_pixel || table_bits > table_buffer_bits_ ? table_bits : 0);
    step.macs = macs_per_pixel * step.outputs;
    step.first_run = static_cast<std::uint32_t>(result.runs.size());
    line_buffer_.fetch(row, first, last, result.runs);
    step.runs = static_cast<std::uint32_t>(result.runs.size()) - step.first_run;
    step.buffer_bits_written = bits_fetched(result, step, fetched_per_pixel);
    step.buffer_bits_read = std::uint64_t(rows_used(layer_, row, row)) *
                            columns_used(layer_, first, last) * read_per_pixel;
    result.steps.push_back(step);
    pixel += step.outputs;
  }
  return result;
}

}  // namespace cairn::npu::ms
