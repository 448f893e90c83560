#include "models/npu/cores/ec/schedule.hpp"

#include "models/npu/block.hpp"

namespace cairn::npu::ec {

using numbers::Layer;
using numbers::Op;

namespace {

std::uint64_t value(const Geometry& geometry, const char* key) {
  return static_cast<std::uint64_t>(geometry.at(key));
}

}  // namespace

EcSchedule::EcSchedule(const Layer& layer, const Geometry& geometry)
    : layer_(layer),
      choice_(geometry),
      entries_(value(geometry, "entries")),
      overhead_(value(geometry, "overhead")),
      lanes_(value(geometry, "vector_lanes")),
      table_buffer_bits_(8 * value(geometry, "table_buffer_bytes")),
      buffer_(layer_, 8 * value(geometry, "input_buffer_bytes")) {}

Step EcSchedule::step(const Tile& tile, const Dataflow& flow, std::uint32_t first,
                      std::uint32_t outputs) {
  Step step;
  step.first_output = first;
  step.outputs = outputs;
  const Accesses a =
      accesses(layer_, tile, flow.stationary, outputs, taps_inside(layer_, first, outputs));
  step.loads = a.loads;
  step.buffer_bits_read = a.buffer_bits;
  const std::uint64_t operands = dot_operands(layer_, tile) * outputs * tile.channels;
  if (!layer_.has_weights()) {
    step.compute_cycles = static_cast<std::uint32_t>((operands + lanes_ - 1) / lanes_);
    return step;
  }
  step.macs = operands;
  const std::uint64_t before = overhead();
  dots_ += (dot_operands(layer_, tile) + entries_ - 1) / entries_ * outputs * tile.channels;
  step.compute_cycles = static_cast<std::uint32_t>(overhead() - before);
  return step;
}

TileSteps EcSchedule::next(const Tile& tile) {
  const Dataflow flow = choice_.of(layer_, tile);
  const BlockShape block = block_shape(layer_, tile);
  const std::uint64_t weight_bits = 8 * block.weight_bytes, table_bits = 8 * block.table_bytes;
  const std::uint64_t pixel_bits =
      std::uint64_t{tile.inputs} *
      (layer_.in_type.bits + (layer_.op == Op::add ? layer_.second_type.bits : 0));
  TileSteps result;
  buffer_.begin(tile);
  for_each_step(layer_, tile, flow.step_pixels, [&](std::uint32_t first, std::uint32_t outputs) {
    Step s = step(tile, flow, first, outputs);
    const bool with_table = first == tile.first_pixel || table_bits > table_buffer_bits_;
    s.weight_bits = weight_bits + (with_table ? table_bits : 0);
    s.first_run = static_cast<std::uint32_t>(result.runs.size());
    s.buffer_bits_written = buffer_.fetch(first, outputs, result.runs) * pixel_bits;
    s.runs = static_cast<std::uint32_t>(result.runs.size()) - s.first_run;
    result.steps.push_back(s);
  });
  return result;
}

}  // namespace cairn::npu::ec
