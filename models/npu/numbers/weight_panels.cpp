#include "models/npu/numbers/weight_panels.hpp"

#include <algorithm>

namespace cairn::numbers {

namespace {

/// Weights of a channel that are unpacked between two interleavings, and what they are apart: in
/// different sets of the cache.
constexpr std::int64_t kChunk = 2048, kPitch = kChunk + 64;

/// Fewer weights are not worth another thread.
constexpr std::int64_t kShared = 131'072;

/// Weights that are summed in 32 bits.
constexpr std::int64_t kSummed = 65'536;

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
                           int pair_bound, const Kernels& kernels, Workers* workers)
    : kernels_(kernels),
      channels_(channels),
      blocks_(blocks_of(channels)),
      pair_bound_(pair_bound) {
  const std::int64_t all = runs.operands();
  const std::int64_t steps = (all + kernels.operand_step - 1) / kernels.operand_step;
  groups_ = static_cast<int>(steps * kernels.operand_step / 4);
  weights_.resize(static_cast<std::size_t>(operands() * blocks_ * kLanes));
  // Contiguous runs are one.
  const WeightRuns whole{runs.first, all, 1, static_cast<int>(all)};
  const WeightRuns& own = runs.pitch == runs.size ? whole : runs;
  const bool is_small = static_cast<std::int64_t>(weights_.size()) < kShared;
  const int parts = workers == nullptr || is_small ? 1 : std::min(blocks_, 2 * workers->threads());
  run_parts(workers, parts, [&](int part) {
    for (int block = blocks_ * part / parts; block < blocks_ * (part + 1) / parts; ++block)
      fill_block(weights, own, block);
  });
}

void WeightPanels::fill_block(const WeightRows& weights, const WeightRuns& runs, int block) {
  const std::int64_t all = runs.operands();
  thread_local AlignedVector<std::int8_t> rows(kLanes * kPitch);
  for (std::int64_t first = 0; first < operands(); first += kChunk) {
    const std::int64_t padded = std::min(kChunk, operands() - first);
    const auto real = static_cast<std::size_t>(std::clamp<std::int64_t>(all - first, 0, padded));
    for (int lane = 0; lane < kLanes; ++lane) {
      const int channel = block * kLanes + lane;
      const std::span<std::int8_t> row(rows.data() + lane * kPitch,
                                       static_cast<std::size_t>(padded));
      const std::size_t used = channel < channels_ ? real : 0;
      read_operands(weights, channel, runs, first, row.first(used));
      std::fill(row.begin() + static_cast<std::ptrdiff_t>(used), row.end(), std::int8_t{0});
    }
    kernels_.interleave(rows.data(), kPitch, static_cast<int>(padded / 4),
                        weights_.data() + block * operands() * kLanes + first * kLanes);
  }
}

WeightPanel WeightPanels::panel(int block, std::int64_t first, std::int64_t last) const {
  return {weights_.data() + block * operands() * kLanes + first * kLanes,
          static_cast<int>((last - first) / 4), operands() * kLanes,
          std::min(kTileBlocks, blocks_ - block), pair_bound_};
}

std::vector<std::int64_t> WeightPanels::sums() const {
  const CodeVector ones(static_cast<std::size_t>(std::min(operands(), kSummed)), 1);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(channels_));
  for (int channel = 0; channel < channels_; channel += kTilePitch)
    for (std::int64_t first = 0; first < operands(); first += kSummed) {
      Sums part;
      kernels_.products({ones.data(), 0, 1},
                        panel(channel / kLanes, first, std::min(first + kSummed, operands())),
                        part.at);
      for (int c = channel; c < std::min(channel + kTilePitch, channels_); ++c)
        sums[static_cast<std::size_t>(c)] += part.at[c - channel];
    }
  return sums;
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
