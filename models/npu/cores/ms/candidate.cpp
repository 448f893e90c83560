#include "models/npu/cores/ms/candidate.hpp"

#include <algorithm>
#include <cmath>

#include "models/npu/cores/ms/traffic.hpp"
#include "models/npu/live.hpp"

namespace cairn::npu::ms {

using numbers::Layer;

namespace {

constexpr std::uint64_t kWordBits = 64;

}  // namespace

Pricing::Pricing(const Layer& layer, const Geometry& geometry, const PlanRequest& request,
                 std::uint32_t channels)
    : layer_(layer),
      request_(request),
      array_(geometry),
      line_buffer_bits_(8 * static_cast<std::uint64_t>(geometry.at("line_buffer_bytes"))),
      accumulator_bits_(8 * static_cast<std::uint64_t>(geometry.at("accumulator_bytes"))),
      channels_(channels) {}

std::uint64_t Pricing::block_bytes_of(std::uint32_t channels) const {
  Tile tile = whole(layer_);
  tile.channels = channels;
  return block_bytes(layer_, tile);
}

std::uint32_t Pricing::chunk_in(std::uint64_t bytes) const {
  const std::uint64_t step = std::min<std::uint64_t>(array_.pixels, layer_.out.width);
  const auto fits = [&](std::uint32_t chunk) {
    return block_bytes_of(chunk) <= bytes &&
           step * chunk * layer_.out_type.bits <= accumulator_bits_;
  };
  if (fits(channels_)) return channels_;
  const std::uint32_t groups = (channels_ + array_.channels - 1) / array_.channels;
  for (std::uint32_t chunks = 2; chunks <= groups; ++chunks) {
    const std::uint32_t chunk = (groups + chunks - 1) / chunks * array_.channels;
    if (fits(std::min(chunk, channels_))) return chunk;
  }
  for (std::uint32_t chunk = std::min(array_.channels, channels_) - 1; chunk > 0; --chunk)
    if (fits(chunk)) return chunk;
  const std::uint64_t output_bits = step * layer_.out_type.bits;
  if (output_bits > accumulator_bits_)
    throw PlanRefused{"needs accumulators of " + std::to_string((output_bits + 7) / 8) +
                      " bytes for one output channel of a step, but has " +
                      std::to_string(accumulator_bits_ / 8)};
  throw PlanRefused{"needs " + std::to_string(block_bytes_of(1)) +
                    " bytes of weight memory for one output channel, but " + std::to_string(bytes) +
                    " are available to it"};
}

std::uint64_t Pricing::weight_bytes(const PixelBlocks& blocks, std::uint32_t chunk) const {
  if (chunk >= channels_) return block_bytes_of(channels_);
  const std::uint32_t rest = channels_ % chunk;
  const std::uint64_t once =
      channels_ / chunk * block_bytes_of(chunk) + (rest == 0 ? 0 : block_bytes_of(rest));
  return once * blocks.count(layer_);
}

Candidate Pricing::priced(Candidate c, const EnergyTable& energy) const {
  const ChannelCut cut{channels_, c.chunk, static_cast<std::uint32_t>(layer_.in.channels)};
  c.weight_bytes = weight_bytes(c.blocks, c.chunk);
  const std::uint64_t fetched = pixels_fetched(layer_, array_, line_buffer_bits_, c.blocks, cut);
  const std::uint64_t inputs = layer_.op == numbers::Op::add ? 2 : 1;
  c.feature_elements =
      fetched * layer_.in.channels * inputs + static_cast<std::uint64_t>(layer_.out.elements());
  c.array_cycles = cycles_of(layer_, array_, c.blocks, cut) + array_.drain_cycles;
  if (request_.dram_bytes_per_cycle > 0)
    c.dram_cycles = static_cast<std::uint64_t>(
        std::ceil(static_cast<double>(c.weight_bytes) / request_.dram_bytes_per_cycle));
  c.cycles =
      c.overlapped ? std::max(c.array_cycles, c.dram_cycles) : c.array_cycles + c.dram_cycles;

  EnergyCounts counts;
  counts[EnergyEvent::dram_bit] = 8 * c.weight_bytes;
  counts[EnergyEvent::weight_write] = 8 * c.weight_bytes / kWordBits;
  counts[EnergyEvent::feature_read] = counts[EnergyEvent::buffer_write] =
      fetched * pixel_bits(layer_, layer_.in.channels) / kWordBits;
  for (const EnergyPart& part : energy_per_part(energy, counts, energy.nominal_volt))
    c.energy_pj += part.pj;
  return c;
}

std::uint64_t Pricing::live_bits(const Candidate& c) const {
  if (live_.empty()) live_ = live_from(layer_);
  std::vector<Tile> tiles = pixel_blocks(layer_, c.blocks);
  // What counts is that a block's outputs have their place before its last chunk frees inputs.
  if (c.chunk < channels_) tiles = chunked(tiles, (channels_ + 1) / 2);
  return peak_live_bits(layer_, live_, tiles);
}

}  // namespace cairn::npu::ms
