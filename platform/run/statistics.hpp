// What the layers of a run did, summed over all inferences, and what its set-up did.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/machine.hpp"

namespace cairn::platform {

/// What the job says about a layer's operands.
struct LayerOperands {
  unsigned in_bits = 0, weight_bits = 0, out_bits = 0;  ///< weight_bits 0: no weights
  unsigned in_channels = 0, out_channels = 0;           ///< stored and computed
  unsigned in_masked = 0, out_masked = 0;               ///< taken away by channel masks
};

struct LayerDescription {
  std::string name, op;
  LayerOperands operands;
};

struct LayerStatistics {
  std::string name, op;
  LayerOperands operands{};
  std::uint64_t runs = 0;  ///< tiles
  std::uint64_t macs = 0, macs_skipped = 0;
  std::uint64_t cycles = 0;  ///< stalls included
  std::array<std::uint64_t, kStallCauses> stall_cycles{};
  std::uint64_t feature_reads = 0, feature_writes = 0;  ///< 64-bit words
  std::uint64_t feature_elements_read = 0, feature_elements_written = 0;
  std::uint64_t weight_reads = 0;                     ///< 64-bit words
  std::uint64_t buffer_reads = 0, buffer_writes = 0;  ///< 64-bit words
  std::uint64_t buffer_elements_read = 0, buffer_elements_written = 0;
  std::uint64_t dram_bytes = 0;
  SramTraffic dma_bytes{};              ///< moved into and out of the SRAMs by the DMA
  std::uint64_t peak_feature_bits = 0;  ///< the largest
  std::uint64_t overflows = 0;
  ArrayActivity array{};
  std::uint64_t powered_ps = 0;  ///< from the end of the tile before to the end of its own

  std::uint64_t stalls() const;
  void add(const LayerStatistics& other);
};

/// What happened while one voltage held.
struct VoltageStatistics {
  std::vector<LayerStatistics> layers;  ///< in layer order
  LayerStatistics setup;
  std::uint64_t powered_ps = 0;  ///< of Statistics::busy_ps()
};

/// Records come in the order of time.
class Statistics {
 public:
  Statistics() = default;
  /// In layer order; `millivolt` holds at the start.
  explicit Statistics(std::vector<LayerDescription> layers, std::uint32_t millivolt = 0);

  void add(const TileRecord& record);
  void add(const TransferRecord& record);
  void add(const PointRecord& record) { changes_.push_back(record); }
  /// What belongs to no inference: weights that are loaded once.
  void add_setup(const TileRecord& record);
  void add_setup(const TransferRecord& record);

  const std::vector<LayerStatistics>& layers() const { return layers_; }
  const LayerStatistics& setup() const { return setup_; }
  LayerStatistics inferences() const;  ///< all layers
  LayerStatistics total() const;       ///< with the set-up
  /// The same, apart for each voltage in millivolts.
  const std::map<std::uint32_t, VoltageStatistics>& by_voltage() const { return by_voltage_; }
  const std::vector<PointRecord>& changes() const { return changes_; }
  /// From the start of the first layer to the end of the last; 0 if no layer ran.
  std::uint64_t busy_ps() const { return last_end_ps_ - first_start_ps_; }

 private:
  LayerStatistics& layer(std::vector<LayerStatistics>& layers, std::uint32_t index) const;
  void add(std::uint32_t index, const LayerStatistics& s, std::uint32_t millivolt);
  void add_setup(const LayerStatistics& s, std::uint32_t millivolt);
  std::uint32_t millivolt() const;  ///< now
  /// Calls visit(millivolt, picoseconds) for each voltage that held from `begin` to `end`.
  template <typename Visit>
  void for_each_voltage(std::uint64_t begin, std::uint64_t end, Visit visit) const;

  std::vector<LayerDescription> descriptions_;
  std::uint32_t first_millivolt_ = 0;
  std::vector<LayerStatistics> layers_;
  std::map<std::uint32_t, VoltageStatistics> by_voltage_;
  std::vector<PointRecord> changes_;
  LayerStatistics setup_;
  std::uint64_t first_start_ps_ = 0, last_end_ps_ = 0;
};

}  // namespace cairn::platform
