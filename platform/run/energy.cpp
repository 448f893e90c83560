// Energy of a run, from what it counted.
#include "platform/run/energy.hpp"

#include <algorithm>
#include <functional>

namespace cairn::platform {

namespace {

using npu::EnergyCounts;
using npu::EnergyEvent;
using npu::EnergyPart;

constexpr std::uint64_t kWordBytes = 8;

std::uint64_t words(std::uint64_t bytes) {
  return (bytes + kWordBytes - 1) / kWordBytes;
}

double sum(const std::vector<EnergyPart>& parts, bool with_dram) {
  double pj = 0;
  for (const EnergyPart& part : parts)
    if (with_dram || part.name != "dram") pj += part.pj;
  return pj;
}

}  // namespace

double RunEnergy::total_pj() const {
  return sum(total, true);
}

double RunEnergy::chip_pj() const {
  return sum(total, false);
}

EnergyCounts energy_counts(const LayerStatistics& s, double seconds) {
  EnergyCounts counts;
  counts[EnergyEvent::mac] = s.macs;
  counts[EnergyEvent::bit_product] = s.macs * s.operands.in_bits * s.operands.weight_bits;
  counts[EnergyEvent::feature_read] = s.feature_reads + words(s.dma_bytes.features_read);
  counts[EnergyEvent::feature_write] = s.feature_writes + words(s.dma_bytes.features_written);
  counts[EnergyEvent::weight_read] = s.weight_reads;
  counts[EnergyEvent::weight_write] = words(s.dma_bytes.weights_written);
  counts[EnergyEvent::buffer_read] = s.buffer_reads + words(s.dma_bytes.buffer_read);
  counts[EnergyEvent::buffer_write] = s.buffer_writes + words(s.dma_bytes.buffer_written);
  counts[EnergyEvent::dram_bit] = 8 * s.dram_bytes;
  counts[EnergyEvent::search] = s.array.searches;
  counts[EnergyEvent::accumulation] = s.array.accumulations;
  counts[EnergyEvent::match] = s.array.matches;
  counts[EnergyEvent::load] = s.array.loads;
  counts.seconds = seconds;
  return counts;
}

RunEnergy energy_of(const Result& r) {
  const npu::EnergyTable& table = r.energy_table;
  RunEnergy energy;
  EnergyCounts all;
  for (const LayerStatistics& s : r.statistics.layers()) {
    const EnergyCounts counts =
        energy_counts(s, r.npu_clock_hz == 0
                             ? 0
                             : static_cast<double>(s.cycles) / static_cast<double>(r.npu_clock_hz));
    energy.layers.push_back(npu::energy_per_part(table, counts, r.npu_volt));
    std::ranges::transform(all.events, counts.events, all.events.begin(), std::plus<>());
  }
  all.seconds = static_cast<double>(r.statistics.busy_ps()) / 1e12;
  energy.total = npu::energy_per_part(table, all, r.npu_volt);
  return energy;
}

}  // namespace cairn::platform
