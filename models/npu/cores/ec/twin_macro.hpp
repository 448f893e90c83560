// The array of the stepped twin: entries that are searched one class after the other.
#pragma once

#include <cstdint>
#include <span>

#include "models/npu/geometry.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu::ec {

/// An operand pair, as its bits lie in memory.
struct TwinEntry {
  std::uint32_t feature = 0, weight = 0;
};

struct TwinActivity {
  std::uint64_t cycles = 0;  ///< overhead included
  std::uint64_t searches = 0, accumulations = 0, matches = 0, multiplications = 0;
  bool operator==(const TwinActivity&) const = default;
};

class TwinMacro {
 public:
  TwinMacro(const numbers::Layer& layer, const Geometry& geometry, TwinActivity& activity);

  /// The sum of feature * weight over at most `entries` of them, features as stored. Adds what it
  /// took to the activity. Throws std::logic_error for too many.
  std::int64_t dot(std::span<const TwinEntry> entries);

  std::int64_t feature(std::uint32_t field) const;
  std::int64_t weight(std::uint32_t field) const;

 private:
  std::int64_t count_bits(std::span<const TwinEntry> entries);
  std::int64_t count_magnitudes(std::span<const TwinEntry> entries);
  std::int64_t count_products(std::span<const TwinEntry> entries);
  bool feature_bit(const TwinEntry& entry, int plane) const;
  bool weight_bit(const TwinEntry& entry, int plane) const;

  const numbers::Layer& layer_;
  const std::size_t entries_;
  const std::string plan_;
  const std::uint64_t overhead_;
  std::uint64_t thousandths_ = 0;  // of a cycle, not yet a whole one
  TwinActivity& activity_;
};

}  // namespace cairn::npu::ec
