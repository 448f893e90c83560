// Counts what the steps of a schedule touch, word by word, as the shell does.
#pragma once

#include <span>
#include <vector>

#include "models/memory/sram_stream.hpp"
#include "models/npu/cores/ms/twin.hpp"
#include "models/npu/live.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::test {

/// One operand in one direction: bit ranges of a ring, and the words they touch.
class RingStream {
 public:
  RingStream(std::uint64_t ring_bits, std::uint64_t& words)
      : ring_bits_(ring_bits), words_(words) {}

  void touch(std::uint64_t bit, std::uint64_t bits) {
    const std::uint64_t begin = bit % ring_bits_, end = begin + bits;
    words_ += stream_.words(begin, std::min(end, ring_bits_));
    if (end > ring_bits_) words_ += stream_.words(0, end - ring_bits_);
  }

 private:
  std::uint64_t ring_bits_;
  std::uint64_t& words_;
  SramStream stream_;
};

/// The counts of a schedule, but for overflows.
inline npu::ms::TwinCounts count_steps(const npu::Mapping& mapping, const numbers::Layer& layer,
                                       std::span<const npu::ms::TwinTile> tiles,
                                       const npu::ms::TwinMemory& memory) {
  constexpr std::uint64_t kEndless = std::uint64_t{1} << 60;
  npu::ms::TwinCounts counts;
  RingStream in(memory.ring_bits, counts.feature_words_read);
  RingStream second(memory.ring_bits, counts.feature_words_read);
  RingStream out(memory.ring_bits, counts.feature_words_written);
  RingStream sums_in(kEndless, counts.feature_words_read);
  RingStream sums_out(kEndless, counts.feature_words_written);
  RingStream weights(kEndless, counts.weight_words_read);
  const std::unique_ptr<npu::LayerSchedule> schedule = mapping.schedule(layer);
  const bool is_add = layer.op == numbers::Op::add;

  std::vector<npu::Tile> order;
  for (const auto& [tile, block_bit] : tiles) {
    order.push_back(tile);
    const npu::TileSteps part = schedule->next(tile);
    const auto fetch = [&](RingStream& stream, std::uint64_t begin, int bits, std::uint32_t pixel) {
      const std::uint64_t element = std::uint64_t{pixel} * layer.in.channels + tile.first_input;
      stream.touch(begin + element * bits, std::uint64_t{tile.inputs} * bits);
      counts.feature_elements_read += tile.inputs;
    };
    for (const npu::Step& step : part.steps) {
      counts.cycles += step.compute_cycles;
      counts.macs += step.macs;
      counts.buffer_bits_read += step.buffer_bits_read;
      counts.buffer_bits_written += step.buffer_bits_written;
      for (std::uint32_t r = step.first_run; r < step.first_run + step.runs; ++r)
        for (std::uint32_t p = 0; p < part.runs[r].count; ++p) {
          fetch(in, memory.in_bit, layer.in_type.bits, part.runs[r].first + p);
          if (is_add)
            fetch(second, memory.second_bit, layer.second_type.bits, part.runs[r].first + p);
        }
      weights.touch(block_bit + step.first_weight_bit, step.weight_bits);
      const std::uint64_t outputs = std::uint64_t{step.outputs} * tile.channels;
      const std::uint64_t sums_bit =
          std::uint64_t{step.first_output - tile.first_pixel} * tile.channels * 32;
      if (tile.first_input != 0) {
        sums_in.touch(sums_bit, outputs * 32);
        counts.feature_elements_read += outputs;
      }
      counts.feature_elements_written += outputs;
      if (!npu::has_last_input(layer, tile)) {
        sums_out.touch(sums_bit, outputs * 32);
        continue;
      }
      for (std::uint32_t p = step.first_output; p < step.first_output + step.outputs; ++p)
        out.touch(memory.out_bit + (std::uint64_t{p} * layer.out.channels + tile.first_channel) *
                                       layer.out_type.bits,
                  std::uint64_t{tile.channels} * layer.out_type.bits);
    }
  }
  counts.cycles += schedule->drain_cycles();
  std::vector<std::uint32_t> live = npu::live_from(layer);
  if (!memory.frees_inputs) std::ranges::fill(live, 0u);
  counts.peak_feature_bits = npu::peak_live_bits(layer, live, order);
  return counts;
}

}  // namespace cairn::test
