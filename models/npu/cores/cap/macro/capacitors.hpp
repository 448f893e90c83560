// The capacitors of one instance: what each column counts in its row, frozen when it is made.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "models/npu/cores/cap/macro/layer_mapping.hpp"

namespace cairn::npu::cap {

/// Row r's share of column i, 128 c_ri / sum_i c_ri, is 1 + deviation / 2^fraction_bits(). The
/// fixed point is the finest in which no deviation is above 63 (so that two products of a code of 8
/// bits with a deviation fit 16 bits), 2^-5 to 2^-12; at the coarsest they saturate.
class Capacitors {
 public:
  /// c = 1 + N(0, mismatch), at least 0, in steps of 2^-20.
  Capacitors(double mismatch, std::uint64_t seed);

  int fraction_bits() const { return fraction_bits_; }
  bool is_ideal() const { return is_ideal_; }  ///< every deviation is 0
  int deviation(int row, int column) const { return row_of(row)[static_cast<std::size_t>(column)]; }
  std::span<const std::int8_t, kColumns> row_of(int row) const {
    return deviations_[static_cast<std::size_t>(row)];
  }

 private:
  int fraction_bits_;
  bool is_ideal_ = true;
  std::array<std::array<std::int8_t, kColumns>, kRows> deviations_;
};

}  // namespace cairn::npu::cap
