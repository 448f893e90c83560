// Counts what the searches of many dot products find: the inner loop of SearchMeter.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/cores/ec/counting_plan.hpp"
#include "models/npu/numbers/instruction_set.hpp"

namespace cairn::npu::ec {

/// Bits of the entries of one pixel's dot products, and of the weights of several output channels.
/// features: [chunk][plane][word]; weights: [chunk][plane][word][channel], `pitch` channels apart.
struct EntryBits {
  const std::uint64_t* features = nullptr;
  const std::uint64_t* weights = nullptr;
  int chunks = 0;               ///< dot products of one output
  int words = 0;                ///< 64 entries each, of a chunk
  int channels = 0, pitch = 0;  ///< weights of channels beyond the last, up to the pitch, are zero
};

/// Sums over all chunks and channels.
struct MatchCount {
  std::uint64_t searches = 0;  ///< classes in which an entry matched
  std::uint64_t dots = 0;      ///< dot products in which an entry matched
  std::uint64_t matches = 0;   ///< entries that matched, over all classes
  bool operator==(const MatchCount&) const = default;
};

using CountMatches = MatchCount (*)(const EntryBits&, const CountingPlan&);

MatchCount count_portable(const EntryBits& bits, const CountingPlan& plan);
/// These need a pitch that is a multiple of kPitch.
MatchCount count_avx2(const EntryBits& bits, const CountingPlan& plan);
MatchCount count_avx512(const EntryBits& bits, const CountingPlan& plan);
constexpr int kPitch = 8;

/// The fastest that the machine has, but none beyond `instructions`.
CountMatches count_matches(numbers::InstructionSet instructions = numbers::best_instruction_set());

}  // namespace cairn::npu::ec
