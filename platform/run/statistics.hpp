// What the layers of a run did, summed over all inferences.
#pragma once

#include <array>
#include <cstdint>
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
  SearchActivity array{};

  std::uint64_t stalls() const;
  void add(const LayerStatistics& other);
};

class Statistics {
 public:
  Statistics() = default;
  /// In layer order.
  explicit Statistics(const std::vector<LayerDescription>& layers);

  void add(const TileRecord& record);
  void add(const TransferRecord& record);

  const std::vector<LayerStatistics>& layers() const { return layers_; }
  LayerStatistics total() const;
  /// From the start of the first layer to the end of the last; 0 if no layer ran.
  std::uint64_t busy_ps() const { return last_end_ps_ - first_start_ps_; }

 private:
  LayerStatistics& layer(std::uint32_t index);

  std::vector<LayerStatistics> layers_;
  std::uint64_t first_start_ps_ = 0, last_end_ps_ = 0;
};

}  // namespace cairn::platform
