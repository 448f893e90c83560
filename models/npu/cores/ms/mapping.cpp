#include "models/npu/cores/ms/mapping.hpp"

#include <algorithm>

#include "models/npu/cores/ms/line_buffer.hpp"
#include "models/npu/live.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::npu::ms {

namespace {

using numbers::Layer;
using numbers::Op;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// Bits of the second operand: pooling and requantisation pass features through the array once.
int operand_bits(const Layer& layer) {
  return layer.has_weights() ? layer.weight_bits : 1;
}

/// Cycles of one tile of tile_pixels x tile_channels outputs. Taps and channels share the input
/// lanes and bit products carry across cycles, so a 4b x 3b product costs 3/4 of a cycle.
std::int64_t tile_cycles(const Layer& layer, const Geometry& g) {
  const std::int64_t groups = ceil_div(layer.inputs_per_output(), g.at("input_lanes"));
  return std::max<std::int64_t>(
      1, ceil_div(groups * layer.in_type.bits * operand_bits(layer), g.at("bit_products")));
}

}  // namespace

Geometry defaults() {
  Geometry g;
  g.core_id = 1;
  g.feature_bits = 983'040;
  g.weight_bytes = 65'536;
  g.values = {
      {"tile_pixels", 4, "pixels", "output pixels computed at once", true},
      {"tile_channels", 16, "channels", "output channels computed at once", true},
      {"input_lanes", 8, "operands", "taps and input channels multiplied at once", true},
      {"bit_products", 16, "products", "one-bit products of a lane in a cycle", true},
      {"line_buffer_bytes", 16'384, "bytes", "rows and window kept beside the ring", true},
      {"table_buffer_bytes", 8'192, "bytes", "requantisation tables kept beside the weight SRAM",
       true},
      {"drain_cycles", 8, "cycles", "pipeline drain, paid once a layer", true},
  };
  return g;
}

MsMapping::MsMapping(Geometry geometry) : geometry_(std::move(geometry)) {}

std::string MsMapping::unsupported(const Layer& layer) const {
  return numbers::invalid(layer);
}

Schedule MsMapping::schedule(const Layer& layer) const {
  const auto tile_pixels = static_cast<int>(geometry_.at("tile_pixels"));
  const std::int64_t channel_tiles = ceil_div(layer.out.channels, geometry_.at("tile_channels"));
  const std::uint64_t weight_bits = 8 * numbers::weight_bytes(layer);
  const std::uint64_t table_bits = 8 * numbers::table_bytes(layer);
  const bool table_kept =
      table_bits <= 8 * static_cast<std::uint64_t>(geometry_.at("table_buffer_bytes"));

  Schedule s;
  s.drain_cycles = static_cast<std::uint32_t>(geometry_.at("drain_cycles"));
  s.live_from = live_from(layer);
  LineBuffer line_buffer(layer, geometry_);
  for (int row = 0; row < layer.out.height; ++row)
    for (int column = 0; column < layer.out.width; column += tile_pixels) {
      const int last = std::min(column + tile_pixels, layer.out.width) - 1;
      Step step;
      step.compute_cycles =
          static_cast<std::uint32_t>(channel_tiles * tile_cycles(layer, geometry_));
      step.first_output = static_cast<std::uint32_t>(row * layer.out.width + column);
      step.outputs = static_cast<std::uint32_t>(last - column + 1);
      step.weight_bits = weight_bits + (s.steps.empty() || !table_kept ? table_bits : 0);
      if (layer.has_weights())
        step.macs = std::uint64_t{step.outputs} * layer.out.channels * layer.inputs_per_output();
      step.first_run = static_cast<std::uint32_t>(s.runs.size());
      line_buffer.fetch(row, column, last, channel_tiles, s.runs);
      step.runs = static_cast<std::uint32_t>(s.runs.size()) - step.first_run;
      s.steps.push_back(step);
    }
  return s;
}

}  // namespace cairn::npu::ms
