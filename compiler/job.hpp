// A compiled network: the job image and what the compiler knows about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn::compiler {

/// How one layer is run, and what it is expected to cost.
struct LayerPlan {
  std::string name;
  std::string group;                    ///< "", or with what it is computed: "fused into 'conv2'"
  std::string order;                    ///< npu::Plan::order
  std::string reason;                   ///< npu::Plan::reason
  std::uint32_t tiles = 0;              ///< tile commands
  std::uint64_t peak_feature_bits = 0;  ///< alive at once while it runs, other tensors included
  std::uint64_t cycles = 0;             ///< array busy
  std::uint64_t macs = 0;
  std::uint64_t macs_skipped = 0;      ///< by channel masks
  std::uint64_t weight_bytes = 0;      ///< weights and tables loaded from DRAM for one inference
  std::uint64_t feature_elements = 0;  ///< read and written
  bool operator==(const LayerPlan&) const = default;
};

/// The image is position independent and has the layout of models/npu/job.toml.
struct Job {
  std::vector<std::uint8_t> image;
  std::string schedule;
  std::vector<LayerPlan> layers;   ///< in order; empty when the job was read from a file
  std::vector<std::string> names;  ///< layer names, in order
  std::uint32_t input_bytes = 0;   ///< one packed input
  std::uint32_t output_bytes = 0;  ///< one packed output
  std::uint64_t feature_bits = 0;  ///< of the feature memory that the rings take
  bool has_setup = false;          ///< weights are loaded into cells before the first inference
  std::uint64_t cells_used = 0, cells_available = 0;  ///< 0: the core keeps no weights
};

}  // namespace cairn::compiler
