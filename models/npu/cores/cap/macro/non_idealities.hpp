// How far the macro is from an ideal one, and its converters' resolutions: all parameters with
// their defaults.
#pragma once

#include <string>

namespace cairn::npu::cap {

/// LSB: one step of the ADC at full range. Defaults are assumed (CORES.md, "cap") but for the 7-bit
/// ADC and the eight activation levels, which are published (arXiv 2107.02388).
struct NonIdealities {
  double capacitor_mismatch = 0.01;  ///< sigma of a unit capacitor, relative; frozen
  double ktc_noise = 0.02;           ///< sigma of the sampled kT/C noise, LSB; each conversion
  double comparator_noise = 0.10;    ///< sigma, referred to the input, LSB; each conversion
  double adc_offset = 2.0;           ///< sigma of a slice's offset before calibration, LSB; frozen
  double adc_gain = 0.01;            ///< sigma of a slice's gain before calibration; frozen
  double adc_inl = 0.5;              ///< largest integral nonlinearity of every slice, LSB; frozen
  bool is_calibrated = true;         ///< offset and gain are trimmed when the instance is made
  int adc_bits = 7;                  ///< 3 to 10
  int dac_bits = 3;                  ///< 1 to 8

  /// The same resolutions without any error.
  NonIdealities ideal() const { return {0, 0, 0, 0, 0, 0, true, adc_bits, dac_bits}; }
  bool operator==(const NonIdealities&) const = default;
};

/// Empty, or the reason as a clause with its subject
/// ("the ADC's width in bits, 12, is not within 3 to 10").
std::string invalid(const NonIdealities& parameters);

}  // namespace cairn::npu::cap
