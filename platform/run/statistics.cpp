// What the layers of a run did, summed over all inferences.
#include "platform/run/statistics.hpp"

#include <algorithm>
#include <numeric>

namespace cairn::platform {

std::string_view name_of(Stall cause) {
  constexpr std::array<std::string_view, kStallCauses> kNames = {
      "token", "feature_port", "weight_port", "command_fetch", "drain", "cells"};
  return kNames[static_cast<std::size_t>(cause)];
}

std::uint64_t LayerStatistics::stalls() const {
  return std::accumulate(stall_cycles.begin(), stall_cycles.end(), std::uint64_t{0});
}

void LayerStatistics::add(const LayerStatistics& o) {
  runs += o.runs;
  macs += o.macs;
  macs_skipped += o.macs_skipped;
  cycles += o.cycles;
  for (std::size_t i = 0; i < kStallCauses; ++i)
    stall_cycles[i] += o.stall_cycles[i];
  feature_reads += o.feature_reads;
  feature_writes += o.feature_writes;
  feature_elements_read += o.feature_elements_read;
  feature_elements_written += o.feature_elements_written;
  weight_reads += o.weight_reads;
  buffer_reads += o.buffer_reads;
  buffer_writes += o.buffer_writes;
  buffer_elements_read += o.buffer_elements_read;
  buffer_elements_written += o.buffer_elements_written;
  dram_bytes += o.dram_bytes;
  dma_bytes.features_read += o.dma_bytes.features_read;
  dma_bytes.features_written += o.dma_bytes.features_written;
  dma_bytes.weights_written += o.dma_bytes.weights_written;
  dma_bytes.buffer_read += o.dma_bytes.buffer_read;
  dma_bytes.buffer_written += o.dma_bytes.buffer_written;
  peak_feature_bits = std::max(peak_feature_bits, o.peak_feature_bits);
  overflows += o.overflows;
  array += o.array;
  powered_ps += o.powered_ps;
}

Statistics::Statistics(std::vector<LayerDescription> layers, std::uint32_t millivolt)
    : descriptions_(std::move(layers)), first_millivolt_(millivolt) {
  if (!descriptions_.empty()) layer(layers_, static_cast<std::uint32_t>(descriptions_.size() - 1));
}

LayerStatistics& Statistics::layer(std::vector<LayerStatistics>& layers,
                                   std::uint32_t index) const {
  for (std::size_t i = layers.size(); i <= std::max<std::size_t>(index, descriptions_.size() - 1);
       ++i) {
    LayerStatistics& s = layers.emplace_back();
    s.name = "layer " + std::to_string(i);
    if (i >= descriptions_.size()) continue;
    s.name = descriptions_[i].name;
    s.op = descriptions_[i].op;
    s.operands = descriptions_[i].operands;
  }
  return layers[index];
}

void Statistics::add(std::uint32_t index, const LayerStatistics& s, std::uint32_t millivolt) {
  layer(layers_, index).add(s);
  layer(by_voltage_[millivolt].layers, index).add(s);
}

template <typename Visit>
void Statistics::for_each_voltage(std::uint64_t begin, std::uint64_t end, Visit visit) const {
  std::uint32_t millivolt = first_millivolt_;
  for (const PointRecord& change : changes_) {
    const std::uint64_t until = std::clamp(change.time_ps, begin, end);
    visit(millivolt, until - begin);
    begin = until;
    millivolt = change.millivolt;
  }
  visit(millivolt, end - begin);
}

namespace {

LayerStatistics statistics_of(const TileRecord& r) {
  return {.name = {},
          .op = {},
          .runs = 1,
          .macs = r.macs,
          .macs_skipped = r.macs_skipped,
          .cycles = r.cycles,
          .stall_cycles = r.stall_cycles,
          .feature_reads = r.feature_words_read,
          .feature_writes = r.feature_words_written,
          .feature_elements_read = r.feature_elements_read,
          .feature_elements_written = r.feature_elements_written,
          .weight_reads = r.weight_words_read,
          .buffer_reads = r.buffer_words_read,
          .buffer_writes = r.buffer_words_written,
          .buffer_elements_read = r.buffer_elements_read,
          .buffer_elements_written = r.buffer_elements_written,
          .peak_feature_bits = r.peak_feature_bits,
          .overflows = r.overflows,
          .array = r.array};
}

LayerStatistics statistics_of(const TransferRecord& record) {
  LayerStatistics s;
  s.dram_bytes = record.dram_bytes;
  s.dma_bytes = record.sram_bytes;
  return s;
}

}  // namespace

void Statistics::add(const TileRecord& r) {
  add(r.layer, statistics_of(r), r.millivolt);
  for_each_voltage(r.start_ps, r.end_ps, [&](std::uint32_t millivolt, std::uint64_t ps) {
    LayerStatistics time;
    time.powered_ps = ps;
    if (ps != 0) add(r.layer, time, millivolt);
  });
  if (last_end_ps_ == 0) first_start_ps_ = last_end_ps_ = r.start_ps;
  for_each_voltage(last_end_ps_, r.end_ps, [&](std::uint32_t millivolt, std::uint64_t ps) {
    if (ps != 0) by_voltage_[millivolt].powered_ps += ps;
  });
  last_end_ps_ = r.end_ps;
}

void Statistics::add(const TransferRecord& record) {
  add(record.layer, statistics_of(record), millivolt());
}

void Statistics::add_setup(const TileRecord& record) {
  add_setup(statistics_of(record), record.millivolt);
}

void Statistics::add_setup(const TransferRecord& record) {
  add_setup(statistics_of(record), millivolt());
}

void Statistics::add_setup(const LayerStatistics& s, std::uint32_t millivolt) {
  setup_.add(s);
  by_voltage_[millivolt].setup.add(s);
}

std::uint32_t Statistics::millivolt() const {
  return changes_.empty() ? first_millivolt_ : changes_.back().millivolt;
}

LayerStatistics Statistics::inferences() const {
  LayerStatistics sum;
  for (const LayerStatistics& s : layers_)
    sum.add(s);
  return sum;
}

LayerStatistics Statistics::total() const {
  LayerStatistics sum = inferences();
  sum.name = "total";
  sum.add(setup_);
  return sum;
}

}  // namespace cairn::platform
