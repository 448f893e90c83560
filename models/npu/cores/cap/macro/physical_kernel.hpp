// One layer's channels in the macro, ready to run: sums, conversions and their recombination.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/npu/cores/cap/macro/cells.hpp"
#include "models/npu/cores/cap/macro/chunk_sums.hpp"
#include "models/npu/cores/cap/macro/conversion_kernels.hpp"
#include "models/npu/numbers/feature_map.hpp"
#include "models/npu/numbers/instruction_set.hpp"
#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/workers.hpp"

namespace cairn::npu::cap {

/// What is behind PhysicalLayer.
class PhysicalKernel {
 public:
  PhysicalKernel(const Cells& cells, numbers::InstructionSet instructions,
                 numbers::Workers* workers);

  void run(const numbers::FeatureMap& map, std::int64_t first, std::int64_t count,
           std::uint64_t inference, std::span<std::int32_t> sums, std::int64_t pitch,
           std::uint64_t* overflows) const;
  std::int64_t conversions_per_pixel() const {
    return std::int64_t{channels_.count} * chunks_ * dac_slices_ * planes();
  }

 private:
  /// Some pixels (at most ChunkSums::kPixels) and channel blocks of a run.
  struct Part {
    std::int64_t first, pixels;  ///< output pixels of the layer
    int block, blocks;           ///< from a multiple of kTileBlocks on
  };
  /// What a thread uses again and again.
  struct Scratch {
    ChunkSums::Inputs inputs;
    std::vector<std::int32_t> totals;  ///< of some chunks, [pixel][channel of the part]
    std::vector<std::int64_t> steps;   ///< of all chunks
    std::array<std::uint64_t, ChunkSums::kPixels> pixel_keys;
    std::array<EvaluationKey, ChunkSums::kPixels> keys;
    numbers::Sums cells, deviations;
  };

  int planes() const { return static_cast<int>(lanes_.size()); }
  std::vector<Part> parts(std::int64_t first, std::int64_t count) const;
  void compute(const numbers::FeatureMap& map, const Part& part, std::uint64_t layer_key,
               Scratch& scratch) const;
  void evaluate(const Part& part, int chunk, int dac_slice, int bit, Scratch& scratch) const;
  /// Adds the totals to the steps, and clears them.
  static void carry(Scratch& scratch);
  std::uint64_t finish(const Part& part, const Scratch& scratch, std::int32_t* sums,
                       std::int64_t pitch) const;

  numbers::Layer layer_;
  numbers::ChannelRange channels_;
  const numbers::Kernels& kernels_;
  numbers::Workers* workers_;
  Convert convert_;
  LayerConversion conversion_;
  std::unique_ptr<const ChunkSums> sums_;
  std::vector<std::vector<SliceLanes>> lanes_;  ///< [bit]
  std::vector<int> plane_weights_;              ///< [bit]
  std::vector<std::int64_t> zeros_;  ///< [channel]: what the inputs' zero adds to the accumulator
  std::uint64_t seed_;
  std::uint32_t number_;  ///< of the layer
  int lsb_, dac_bits_, dac_slices_, chunks_, blocks_;
  std::int64_t base_steps_;  ///< of an output: what the codes are short of the sums
  int chunks_at_once_;       ///< their totals fit 32 bits
};

}  // namespace cairn::npu::cap
