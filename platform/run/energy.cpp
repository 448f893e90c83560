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

void add(const std::vector<EnergyPart>& parts, std::vector<EnergyPart>& sum) {
  for (std::size_t i = 0; i < parts.size(); ++i)
    sum[i].pj += parts[i].pj;
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
  counts[EnergyEvent::row] = s.array.rows;
  counts[EnergyEvent::cell_write] = s.array.cell_writes;
  counts.seconds = seconds;
  return counts;
}

RunEnergy energy_of(const Result& r) {
  constexpr double kVoltPerMillivolt = 1e-3, kSecondsPerPs = 1e-12;
  const npu::EnergyTable& table = r.energy_table;
  RunEnergy energy;
  energy.layers.resize(r.statistics.layers().size());
  for (std::vector<EnergyPart>& parts : energy.layers)
    parts = npu::energy_per_part(table, {}, table.nominal_volt);
  energy.inferences = energy.total = npu::energy_per_part(table, {}, table.nominal_volt);
  for (const auto& [millivolt, share] : r.statistics.by_voltage()) {
    const double volt = millivolt * kVoltPerMillivolt;
    EnergyCounts all;
    for (std::size_t i = 0; i < share.layers.size(); ++i) {
      const LayerStatistics& s = share.layers[i];
      const EnergyCounts counts =
          energy_counts(s, static_cast<double>(s.powered_ps) * kSecondsPerPs);
      add(npu::energy_per_part(table, counts, volt), energy.layers[i]);
      std::ranges::transform(all.events, counts.events, all.events.begin(), std::plus<>());
    }
    all.seconds = static_cast<double>(share.powered_ps) * kSecondsPerPs;
    const std::vector<EnergyPart> inferences = npu::energy_per_part(table, all, volt);
    add(inferences, energy.inferences);
    add(inferences, energy.total);
    add(npu::energy_per_part(table, energy_counts(share.setup, 0), volt), energy.total);
  }
  return energy;
}

}  // namespace cairn::platform
