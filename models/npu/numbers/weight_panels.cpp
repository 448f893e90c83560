#include "models/npu/numbers/weight_panels.hpp"

#include <algorithm>

namespace cairn::numbers {

namespace {

/// Weights of a channel that are unpacked between two interleavings: they stay in the first cache.
constexpr std::int64_t kChunk = 1024;

/// Reads operands [first, first + count) of a channel, taken from its runs.
void read_operands(const WeightRows& weights, int channel, const WeightRuns& runs,
                   std::int64_t first, std::span<std::int8_t> out) {
  for (std::size_t done = 0; done < out.size();) {
    const std::int64_t at = first + static_cast<std::int64_t>(done);
    const std::int64_t run = at / runs.size, skip = at % runs.size;
    const auto here = std::min(out.size() - done, static_cast<std::size_t>(runs.size - skip));
    weights.read(channel, runs.first + run * runs.pitch + skip, out.subspan(done, here));
    done += here;
  }
}

}  // namespace

WeightPanels::WeightPanels(const WeightRows& weights, int channels, const WeightRuns& runs,
                           int pair_bound, const Kernels& kernels)
    : kernels_(kernels),
      channels_(channels),
      blocks_(blocks_of(channels)),
      pair_bound_(pair_bound) {
  const std::int64_t all = runs.operands();
  groups_ = static_cast<int>((all + kernels.operand_step - 1) / kernels.operand_step *
                             kernels.operand_step / 4);
  weights_.resize(static_cast<std::size_t>(operands() * blocks_ * kLanes));
  // Contiguous runs are one.
  const WeightRuns whole{runs.first, all, 1, static_cast<int>(all)};
  const WeightRuns& own = runs.pitch == runs.size ? whole : runs;
  AlignedVector<std::int8_t> rows(kLanes * kChunk);
  for (int block = 0; block < blocks_; ++block)
    for (std::int64_t first = 0; first < operands(); first += kChunk) {
      const std::int64_t padded = std::min(kChunk, operands() - first);
      const auto real = static_cast<std::size_t>(std::clamp<std::int64_t>(all - first, 0, padded));
      for (int lane = 0; lane < kLanes; ++lane) {
        const int channel = block * kLanes + lane;
        const std::span<std::int8_t> row(rows.data() + lane * kChunk,
                                         static_cast<std::size_t>(padded));
        const std::size_t used = channel < channels ? real : 0;
        read_operands(weights, channel, own, first, row.first(used));
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(used), row.end(), std::int8_t{0});
      }
      kernels.interleave(rows.data(), kChunk, static_cast<int>(padded / 4),
                         weights_.data() + block * operands() * kLanes + first * kLanes);
    }
}

WeightPanel WeightPanels::panel(int block, std::int64_t first, std::int64_t last) const {
  return {weights_.data() + block * operands() * kLanes + first * kLanes,
          static_cast<int>((last - first) / 4), operands() * kLanes,
          std::min(kTileBlocks, blocks_ - block), pair_bound_};
}

std::vector<std::int64_t> WeightPanels::sums(std::int64_t first, std::int64_t count) const {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(channels_));
  for (int channel = 0; channel < channels_; ++channel) {
    const std::int8_t* block = weights_.data() + channel / kLanes * operands() * kLanes;
    for (std::int64_t i = first; i < first + count; ++i)
      sums[static_cast<std::size_t>(channel)] +=
          block[(i / 4 * kLanes + channel % kLanes) * 4 + i % 4];
  }
  return sums;
}

}  // namespace cairn::numbers
