// Weights laid out for the sums of products: WeightPanel's order.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/numbers/aligned.hpp"
#include "models/npu/numbers/kernels.hpp"
#include "models/npu/numbers/layer.hpp"
#include "models/npu/numbers/weight_rows.hpp"
#include "models/npu/numbers/workers.hpp"

namespace cairn::numbers {

/// Runs of weights that one output uses: `count` runs of `size` weights, `pitch` apart.
struct WeightRuns {
  std::int64_t first, pitch;
  int count;
  int size;

  std::int64_t operands() const { return std::int64_t{count} * size; }
};

class WeightPanels {
 public:
  WeightPanels(const WeightRows& weights, int channels, const WeightRuns& runs, int pair_bound,
               const Kernels& kernels, Workers* workers);

  int blocks() const { return blocks_; }
  std::int64_t operands() const { return std::int64_t{groups_} * 4; }  ///< with padding
  /// Of blocks [block, block + at most kTileBlocks), operands [first, last): multiples of the
  /// kernels' operand step, or the end.
  WeightPanel panel(int block, std::int64_t first, std::int64_t last) const;
  WeightPanel panel(int block) const { return panel(block, 0, operands()); }
  std::vector<std::int64_t> sums() const;  ///< of each channel's weights
  /// Of operands [first, first + count), one by one.
  std::vector<std::int64_t> sums(std::int64_t first, std::int64_t count) const;

 private:
  void fill_block(const WeightRows& weights, const WeightRuns& runs, int block);

  const Kernels& kernels_;
  int channels_, blocks_;
  int groups_;
  int pair_bound_;
  AlignedVector<std::int8_t> weights_;
};

}  // namespace cairn::numbers
