#include "models/npu/cores/ec/dataflow.hpp"

#include <algorithm>

#include "models/npu/cores/ec/mapping.hpp"

namespace cairn::npu::ec {

using numbers::Layer;
using numbers::Op;

namespace {

constexpr std::uint64_t kSumBits = 32, kWordBits = 64;

}  // namespace

Accesses accesses(const Layer& layer, const Tile& tile, Stationary stationary,
                  std::uint64_t outputs, std::uint64_t taps) {
  const std::uint64_t channels = tile.channels, operands = dot_operands(layer, tile);
  Accesses a;
  std::uint64_t read_per_tap = is_channelwise(layer) ? channels : tile.inputs;
  if (layer.has_weights()) {
    a.weight_bits = channels * operands * static_cast<unsigned>(layer.weight_bits);
    if (stationary == Stationary::weights) {
      a.loads = channels * operands;
      if (!is_channelwise(layer)) read_per_tap *= channels;
    } else {
      a.loads = outputs * operands * (is_channelwise(layer) ? channels : 1);
    }
  }
  a.buffer_bits = taps * read_per_tap * operand_bits(layer);
  return a;
}

DataflowChoice::DataflowChoice(const Geometry& g)
    : asked_(static_cast<Stationary>(g.at("mapping"))),
      buffer_bits_(8 * static_cast<std::uint64_t>(g.at("input_buffer_bytes"))),
      accumulator_bits_(8 * static_cast<std::uint64_t>(g.at("accumulator_bytes"))),
      load_fj_(energy(g).event_fj(EnergyEvent::load)),
      weight_bit_fj_(energy(g).event_fj(EnergyEvent::weight_read) / kWordBits),
      buffer_bit_fj_(energy(g).event_fj(EnergyEvent::buffer_read) / kWordBits) {}

double DataflowChoice::cost(const Layer& layer, const Tile& tile, const Dataflow& flow) const {
  double sum = 0;
  for_each_step(layer, tile, flow.step_pixels, [&](std::uint32_t first, std::uint32_t count) {
    const Accesses a =
        accesses(layer, tile, flow.stationary, count, taps_inside(layer, first, count));
    sum += static_cast<double>(a.loads) * load_fj_ +
           static_cast<double>(a.weight_bits) * weight_bit_fj_ +
           static_cast<double>(a.buffer_bits) * buffer_bit_fj_;
  });
  return sum;
}

/// Pixels of a row whose window the buffer holds and whose outputs the accumulators hold beside the
/// sums of one channel; 0 if not even one.
std::uint32_t DataflowChoice::largest_step(const Layer& layer, const Tile& tile) const {
  const std::uint32_t by_window = window_pixels(layer, buffer_bits_);
  const std::uint64_t by_sums =
      accumulator_bits_ /
      (kSumBits + std::uint64_t{tile.channels} * static_cast<unsigned>(layer.out_type.bits));
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(by_window, by_sums));
}

Dataflow DataflowChoice::of(const Layer& layer, const Tile& tile) const {
  const std::uint32_t largest = largest_step(layer, tile);
  const Dataflow activations{Stationary::activations, 1}, weights{Stationary::weights, largest};
  if (!layer.has_weights()) return {Stationary::weights, std::max(1u, largest)};
  if (largest == 0 || asked_ == Stationary::activations) return activations;
  if (asked_ == Stationary::weights) return weights;
  return cost(layer, tile, weights) < cost(layer, tile, activations) ? weights : activations;
}

}  // namespace cairn::npu::ec
