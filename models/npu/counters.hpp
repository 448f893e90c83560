// The performance counters of an NPU, in the order of the counter registers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace cairn::npu {

enum class Counter : std::uint8_t {
  cycles,
  macs,
  macs_skipped,
  feature_words_read,
  feature_words_written,
  feature_elements_read,
  feature_elements_written,
  weight_words_read,
  stall_token,
  stall_feature_port,
  stall_weight_port,
  stall_fetch,
  peak_feature_bits,
  jobs,
  commands,
  drain,
  overflows,
  buffer_words_read,
  buffer_words_written,
  buffer_elements_read,
  buffer_elements_written,
  searches,
  accumulations,
  matches,
  multiplications,
  loads,
  evaluations,
  rows,
  conversions,
  cell_writes,
  stall_cells,
};

constexpr std::size_t kCounterCount = 31;

/// Sums, except peak_feature_bits, which is the largest value seen.
class Counters {
 public:
  std::uint64_t operator[](Counter c) const { return values_[static_cast<std::size_t>(c)]; }

  void add(Counter c, std::uint64_t n) { values_[static_cast<std::size_t>(c)] += n; }
  void raise(Counter c, std::uint64_t value) {
    auto& old = values_[static_cast<std::size_t>(c)];
    old = std::max(old, value);
  }
  void add(const Counters& other) {
    for (std::size_t i = 0; i < kCounterCount; ++i)
      if (i != static_cast<std::size_t>(Counter::peak_feature_bits)) values_[i] += other.values_[i];
    raise(Counter::peak_feature_bits, other[Counter::peak_feature_bits]);
  }

 private:
  std::array<std::uint64_t, kCounterCount> values_{};
};

}  // namespace cairn::npu
