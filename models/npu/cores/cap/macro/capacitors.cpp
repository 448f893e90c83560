#include "models/npu/cores/cap/macro/capacitors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "models/npu/cores/cap/macro/gaussian.hpp"

namespace cairn::npu::cap {

namespace {

constexpr int kUnitBits = 20;
constexpr int kFinest = 12, kCoarsest = 5;
constexpr int kMostDeviation = 63;

std::int64_t divide_rounded(std::int64_t value, std::int64_t by) {
  return (value >= 0 ? value + by / 2 : value - by / 2) / by;
}

/// 128 c_i - C of each column, and C: the share less one is their quotient.
struct Row {
  std::array<std::int64_t, kColumns> excess;
  std::int64_t total = 0;
};

Row draw_row(std::int64_t mismatch, std::uint64_t seed, int row) {
  Row made;
  for (int i = 0; i < kColumns; ++i) {
    const std::int64_t g = gaussian(seed, Draw::capacitor, std::uint64_t(row) * kColumns + i);
    const std::int64_t c = (std::int64_t{1} << kUnitBits) + (mismatch * g >> kSigmaBits);
    made.excess[static_cast<std::size_t>(i)] = std::max<std::int64_t>(c, 0);
    made.total += std::max<std::int64_t>(c, 0);
  }
  for (std::int64_t& c : made.excess)
    c = kColumns * c - made.total;
  return made;
}

int finest_bits(const std::vector<Row>& rows) {
  for (int bits = kFinest; bits > kCoarsest; --bits) {
    const bool fit = std::ranges::all_of(rows, [&](const Row& row) {
      return std::ranges::all_of(row.excess, [&](std::int64_t excess) {
        return std::abs(divide_rounded(excess << bits, row.total)) <= kMostDeviation;
      });
    });
    if (fit) return bits;
  }
  return kCoarsest;
}

}  // namespace

Capacitors::Capacitors(double mismatch, std::uint64_t seed) {
  const auto sigma = static_cast<std::int64_t>(std::llround(mismatch * (1 << kUnitBits)));
  std::vector<Row> rows;
  for (int row = 0; row < kRows; ++row)
    rows.push_back(draw_row(sigma, seed, row));
  fraction_bits_ = finest_bits(rows);
  for (std::size_t r = 0; r < kRows; ++r)
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::int64_t d = divide_rounded(rows[r].excess[i] << fraction_bits_, rows[r].total);
      deviations_[r][i] =
          static_cast<std::int8_t>(std::clamp<std::int64_t>(d, -kMostDeviation, kMostDeviation));
      is_ideal_ = is_ideal_ && deviations_[r][i] == 0;
    }
}

}  // namespace cairn::npu::cap
