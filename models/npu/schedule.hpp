// What a core does for one layer, step by step: cycles, and the features and weights it touches.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::npu {

/// A run of input pixels (all channels), in raster order.
struct PixelRun {
  std::uint32_t first = 0;  ///< pixel index y * width + x
  std::uint32_t count = 0;
};

/// One step: read input runs and weights, compute, write `outputs` output pixels.
struct Step {
  std::uint32_t compute_cycles = 0;  ///< array busy
  std::uint32_t first_run = 0;       ///< into Schedule::runs
  std::uint32_t runs = 0;
  std::uint32_t first_output = 0;  ///< output pixels, raster order
  std::uint32_t outputs = 0;
  std::uint64_t first_weight_bit = 0;  ///< of the layer's block in the weight SRAM, tables included
  std::uint64_t weight_bits = 0;       ///< streamed from there on
  std::uint64_t macs = 0;
  std::uint64_t macs_skipped = 0;
};

/// The schedule of one layer: pure, made from the layer and the core's geometry alone.
struct Schedule {
  std::vector<Step> steps;
  std::vector<PixelRun> runs;
  /// [output pixels]: once output o is written, input pixels before live_from[o] are free.
  std::vector<std::uint32_t> live_from;
  std::uint32_t drain_cycles = 0;  ///< paid once, after the last step

  std::uint64_t compute_cycles() const {
    std::uint64_t sum = drain_cycles;
    for (const Step& s : steps)
      sum += s.compute_cycles;
    return sum;
  }
};

}  // namespace cairn::npu
