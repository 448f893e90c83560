// One chip's macro: its capacitors and converters, frozen by a seed.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/cores/cap/macro/calibration.hpp"
#include "models/npu/cores/cap/macro/capacitors.hpp"
#include "models/npu/cores/cap/macro/conversion.hpp"
#include "models/npu/cores/cap/macro/non_idealities.hpp"

namespace cairn::npu::cap {

class MacroInstance {
 public:
  /// Calibrates its slices unless told not to. std::invalid_argument where invalid(parameters) is
  /// not empty.
  MacroInstance(const NonIdealities& parameters, std::uint64_t seed);
  MacroInstance(const MacroInstance&) = delete;  // slices refer to its table
  MacroInstance& operator=(const MacroInstance&) = delete;

  const NonIdealities& parameters() const { return parameters_; }
  std::uint64_t seed() const { return seed_; }
  const Capacitors& capacitors() const { return capacitors_; }
  const Slice& slice(int number) const { return slices_[static_cast<std::size_t>(number)]; }
  /// As made, before its trim.
  const Slice& raw_slice(int number) const { return raw_slices_[static_cast<std::size_t>(number)]; }
  const Trim& trim(int number) const { return trims_[static_cast<std::size_t>(number)]; }

  /// All slices' tables one after another, [kSlices][2^adc_bits].
  const std::vector<std::int32_t>& nonlinearity() const { return nonlinearity_; }
  bool has_noise() const { return noise_ != 0; }
  /// The range that a layer programs, `lsb` in 1/16 accumulator units.
  Range range(Encoding encoding, int lsb) const;

 private:
  NonIdealities parameters_;
  std::uint64_t seed_;
  Capacitors capacitors_;
  std::int64_t noise_;  ///< sigma of a conversion at full range, 2^-16 LSB
  std::vector<std::int32_t> nonlinearity_;
  std::vector<Slice> raw_slices_, slices_;
  std::vector<Trim> trims_;
};

}  // namespace cairn::npu::cap
