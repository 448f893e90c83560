// A compiled network: the job image and what the compiler knows about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn::compiler {

/// Where one layer lies in the memories of the NPU, and what it is expected to cost.
struct LayerPlan {
  std::string name;
  std::uint32_t in_offset = 0, out_offset = 0;         ///< first bits in the feature ring
  std::uint32_t weights_offset = 0, table_offset = 0;  ///< first bytes in the weight SRAM
  std::uint32_t block_bytes = 0;                       ///< weights and table, padded
  std::uint64_t peak_feature_bits = 0;                 ///< alive at once (npu::peak_feature_bits)
  std::uint64_t ring_bits = 0;  ///< what the ring must hold (npu::ring_span_bits)
  std::uint64_t cycles = 0;     ///< compute cycles of the core, without stalls
  std::uint64_t macs = 0;
  bool operator==(const LayerPlan&) const = default;
};

/// The image is position independent and has the layout of models/npu/job.toml.
struct Job {
  std::vector<std::uint8_t> image;
  std::vector<LayerPlan> layers;   ///< in order; empty when the job was read from a file
  std::vector<std::string> names;  ///< layer names, in order
  std::uint32_t input_bytes = 0;   ///< one packed input
  std::uint32_t output_bytes = 0;  ///< one packed output
};

}  // namespace cairn::compiler
