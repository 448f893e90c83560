// What a core did for one output pixel, where that depends on the operands.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/numbers/feature_map.hpp"

namespace cairn::npu {

struct Activity {
  std::uint64_t cycles = 0;         ///< array busy, beside Step::compute_cycles
  std::uint64_t searches = 0;       ///< of the entries of a content-addressable array
  std::uint64_t accumulations = 0;  ///< steps that only add up what searches counted
  std::uint64_t matches = 0;        ///< entries that matched, over all searches
  std::uint64_t multiplications = 0;

  Activity& operator+=(const Activity& o) {
    cycles += o.cycles;
    searches += o.searches;
    accumulations += o.accumulations;
    matches += o.matches;
    multiplications += o.multiplications;
    return *this;
  }
  bool operator==(const Activity&) const = default;
};

/// Counts the activity of one tile's channels with their weights in place. Pure, like a kernel.
class ActivityMeter {
 public:
  virtual ~ActivityMeter() = default;
  /// Of the layer's output pixels [first, first + out.size()).
  virtual void measure(const numbers::FeatureMap& in, std::uint32_t first,
                       std::span<Activity> out) const = 0;
};

}  // namespace cairn::npu
