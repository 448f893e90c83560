#include "models/npu/cores/cap/schedule.hpp"

#include <algorithm>

#include "models/npu/block.hpp"
#include "models/npu/command.hpp"
#include "models/npu/cores/cap/placement.hpp"
#include "models/npu/cores/cap/resident.hpp"
#include "models/npu/operands.hpp"

namespace cairn::npu::cap {

using numbers::Layer;
using numbers::Op;

namespace {

constexpr std::uint64_t kSumBits = 32;
constexpr std::uint32_t kNoPlane = ~0u;

std::uint64_t value(const Geometry& geometry, const char* key) {
  return static_cast<std::uint64_t>(geometry.at(key));
}

}  // namespace

CapSchedule::CapSchedule(const Layer& layer, const Geometry& geometry,
                         std::span<const CellRegion> regions)
    : layer_(layer),
      size_(geometry),
      regions_(regions),
      lanes_(value(geometry, "vector_lanes")),
      table_buffer_bits_(8 * value(geometry, "table_buffer_bytes")),
      input_buffer_bits_(8 * value(geometry, "input_buffer_bytes")),
      accumulator_bits_(8 * value(geometry, "accumulator_bytes")),
      select_cycles_(static_cast<std::uint32_t>(geometry.at("select_cycles"))),
      row_cycles_(static_cast<std::uint32_t>(geometry.at("row_cycles"))),
      buffer_(layer_, input_buffer_bits_),
      selected_(kNoPlane) {}

CapSchedule::Weights CapSchedule::weights_of(const Tile& tile) const {
  Weights w;
  if (!layer_.has_weights()) return w;
  w.pieces = pieces_of(
      layer_, {static_cast<int>(tile.first_channel), static_cast<int>(tile.channels)}, size_);
  std::optional<std::vector<CellRegion>> placed;
  if (tile.cells == kNoCells) {
    placed = place(w.pieces, size_);
    if (!placed)
      throw Fault{ErrorCode::bad_command, 0, "the tile's weights have no room in the cells"};
  }
  for (const CellRegion& r :
       placed ? std::span<const CellRegion>(*placed) : regions_of(tile, w.pieces, regions_)) {
    w.planes.push_back(r.plane);
    w.rows += r.rows;
    w.cells += r.cells();
  }
  return w;
}

std::uint32_t CapSchedule::step_pixels(const Tile& tile) const {
  const std::uint64_t by_sums = accumulator_bits_ / (kSumBits * tile.channels);
  const std::uint64_t pixels =
      std::min<std::uint64_t>(window_pixels(layer_, input_buffer_bits_), by_sums);
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, pixels));
}

/// Read from the input buffer for pixels whose windows hold `taps` pixels inside the map in all.
std::uint64_t CapSchedule::buffer_bits(const Tile& tile, std::uint64_t taps) const {
  if (!layer_.has_weights()) return taps * tile.channels * operand_bits(layer_);
  if (layer_.op != Op::depthwise)
    return taps * tile.inputs * operand_bits(layer_) * row_groups(layer_, tile.channels, size_);
  const auto each = static_cast<std::uint32_t>(layer_.out.channels / layer_.in.channels);
  const std::uint32_t end = tile.first_channel + tile.channels;
  std::uint64_t reads = 0;
  for (std::uint32_t output = tile.first_channel; output < end;) {
    const std::uint32_t group_end = std::min((output / each + 1) * each, end);
    reads += row_groups(layer_, group_end - output, size_);
    output = group_end;
  }
  return taps * reads * operand_bits(layer_);
}

Step CapSchedule::load(const Tile& tile, const Weights& weights) {
  Step step;
  step.first_output = tile.first_pixel;
  step.cell_cycles = static_cast<std::uint32_t>(weights.rows) * row_cycles_;
  step.cell_writes = weights.cells;
  step.weight_bits = 8 * block_shape(layer_, tile).weight_bytes;
  loaded_ = {tile.first_channel, tile.channels};
  return step;
}

Step CapSchedule::compute(const Tile& tile, const Weights& weights, std::uint32_t first,
                          std::uint32_t outputs) {
  Step step;
  step.first_output = first;
  step.outputs = outputs;
  step.buffer_bits_read = buffer_bits(tile, taps_inside(layer_, first, outputs));
  const std::uint64_t operands = dot_operands(layer_, tile) * outputs * tile.channels;
  if (!layer_.has_weights()) {
    step.compute_cycles = static_cast<std::uint32_t>((operands + lanes_ - 1) / lanes_);
    return step;
  }
  step.macs = operands;
  const std::uint64_t times = std::uint64_t{outputs} * dac_slices(layer_, size_);
  step.evaluations = times * weights.pieces.size();
  step.rows = times * weights.rows;
  step.conversions = encoding_of(layer_) == Encoding::differential ? step.rows / 2 : step.rows;
  std::uint32_t selections = 0;
  for (const std::uint32_t plane : weights.planes) {
    selections += plane != selected_ ? 1 : 0;
    selected_ = plane;
  }
  step.compute_cycles = static_cast<std::uint32_t>(step.evaluations) + selections * select_cycles_;
  return step;
}

TileSteps CapSchedule::next(const Tile& tile) {
  const Weights weights = weights_of(tile);
  const BlockShape block = block_shape(layer_, tile);
  const std::uint64_t table_bits = 8 * block.table_bytes;
  const std::uint64_t pixel_bits = std::uint64_t{tile.inputs} * operand_bits(layer_);
  TileSteps result;
  buffer_.begin(tile);
  const bool brings_weights = layer_.has_weights() && tile.cells == kNoCells;
  if (brings_weights && loaded_ != std::pair(tile.first_channel, tile.channels))
    result.steps.push_back(load(tile, weights));
  for_each_step(layer_, tile, step_pixels(tile), [&](std::uint32_t first, std::uint32_t outputs) {
    Step s = compute(tile, weights, first, outputs);
    const bool with_table = first == tile.first_pixel || table_bits > table_buffer_bits_;
    s.first_weight_bit = 8 * block.weight_bytes;
    s.weight_bits = with_table ? table_bits : 0;
    s.first_run = static_cast<std::uint32_t>(result.runs.size());
    s.buffer_bits_written = buffer_.fetch(first, outputs, result.runs) * pixel_bits;
    s.runs = static_cast<std::uint32_t>(result.runs.size()) - s.first_run;
    result.steps.push_back(s);
  });
  return result;
}

}  // namespace cairn::npu::cap
