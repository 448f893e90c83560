// What the searches of a tile find, counted fast.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/npu/activity.hpp"
#include "models/npu/cores/ec/counting_plan.hpp"
#include "models/npu/cores/ec/match_count.hpp"
#include "models/npu/numbers/operand_gather.hpp"
#include "models/npu/tile.hpp"

namespace cairn::npu::ec {

/// Operands of an output go into the entries channel by channel, the taps of a channel side by
/// side, `entries` at a time: so padding seldom empties a whole dot product.
class SearchMeter : public ActivityMeter {
 public:
  /// The layer has weights and its operands can be counted. `block` as for a kernel.
  SearchMeter(const numbers::Layer& layer, const Tile& tile, std::span<const std::uint8_t> block,
              const Geometry& geometry,
              numbers::InstructionSet instructions = numbers::best_instruction_set());

  void measure(const numbers::FeatureMap& in, std::uint32_t first,
               std::span<Activity> out) const override;

 private:
  /// Sets the bits of `planes` ([chunk][plane][word][pitch]) for operand number `operand`.
  void put(std::uint64_t* planes, int plane_count, int pitch, std::size_t operand,
           std::uint8_t in_planes) const;
  void put_features(const std::uint8_t* codes) const;
  void put_taps(const numbers::FeatureMap& in, std::uint32_t pixel, int channel) const;
  Activity activity(const MatchCount& count) const;

  const Tile tile_;
  const CountingPlan plan_;
  const CountMatches count_;
  const int words_, chunks_;
  const std::size_t operands_;
  int pitch_;
  std::vector<std::uint32_t> order_;    // entry to operand in the order of the weights
  std::vector<std::uint64_t> weights_;  // channelwise: [channel] of these with a pitch of 1
  std::optional<numbers::OperandGather> gather_;  // empty: channelwise
  mutable std::vector<std::uint64_t> features_;   // of one pixel, or of one channel of it
};

}  // namespace cairn::npu::ec
