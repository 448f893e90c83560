// One layer on its way through a core: what has been read, what has been written.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/memory/banked_sram.hpp"
#include "models/npu/core.hpp"
#include "models/npu/counters.hpp"
#include "models/npu/feature_ring.hpp"

namespace cairn::npu {

/// A layer prepared for a core: its schedule, and its kernel as long as the weights in the SRAM do
/// not change.
struct PreparedLayer {
  numbers::Layer layer;
  Schedule schedule;
  std::vector<std::uint8_t> block;  ///< weights and tables as they lay in the SRAM
  std::unique_ptr<Kernel> kernel;
};

/// Performs the steps of one layer on the real memories.
///
/// The whole layer is computed at once from the SRAM's bits when it begins. That is exact as long
/// as nobody else writes the bits before their step reads them; when somebody does (the bus, a
/// fault), the run goes on step by step: each step delivers what the memory then holds and computes
/// its own pixels.
class LayerRun {
 public:
  LayerRun(const Core& core, PreparedLayer& prepared, FeatureRing ring, BankedSram& features,
           BankedSram& weights, std::uint64_t block_bit);

  /// Counts and delivers what the step reads; words moved through each private port are added to
  /// the arguments.
  void read(const Step& step, std::uint64_t& feature_words, std::uint64_t& weight_words);
  /// Writes the next output pixel of the step and frees what no later output needs. Returns the
  /// words written. Throws Fault (ring_overrun).
  std::uint64_t write_pixel(std::uint32_t pixel);

  /// Somebody else is about to write these bytes.
  void features_change(std::uint64_t byte_begin, std::uint64_t byte_count);
  void weights_change(std::uint64_t byte_begin, std::uint64_t byte_count);

  FeatureRing& ring() { return ring_; }
  const Schedule& schedule() const { return prepared_.schedule; }
  std::uint64_t overflows() const { return overflows_; }

 private:
  void load_block();
  void deliver(const PixelRun& run);

  const Core& core_;
  PreparedLayer& prepared_;
  FeatureRing ring_;
  BankedSram& features_;
  BankedSram& weights_;
  const std::uint64_t block_bit_;
  SramStream feature_reads_, feature_writes_, weight_reads_;
  std::vector<std::int16_t> in_;
  std::vector<std::int32_t> out_;
  std::uint64_t overflows_ = 0;
  bool stepwise_ = false;
  bool block_changed_ = false;
};

}  // namespace cairn::npu
