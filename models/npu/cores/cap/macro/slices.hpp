// The 32 ADCs of one instance as they were made, before any calibration.
#pragma once

#include <cstdint>
#include <vector>

#include "models/npu/cores/cap/macro/conversion.hpp"
#include "models/npu/cores/cap/macro/non_idealities.hpp"

namespace cairn::npu::cap {

/// Offsets and gains without nonlinearity, [kSlices]. A gain is kept within 0.5 to 1.5.
std::vector<Slice> draw_slices(const NonIdealities& parameters, std::uint64_t seed);

/// The integral nonlinearity of all slices, [kSlices][2^adc_bits], in 2^-16 codes: smooth (a cubic
/// through nine random knots), zero at both ends, the largest of each slice as large as the
/// parameter.
std::vector<std::int32_t> draw_nonlinearity(const NonIdealities& parameters, std::uint64_t seed);

}  // namespace cairn::npu::cap
