#include "models/npu/cores/cap/macro/macro_instance.hpp"

#include <cmath>
#include <span>
#include <stdexcept>

#include "models/npu/cores/cap/macro/slices.hpp"

namespace cairn::npu::cap {

namespace {

const NonIdealities& checked(const NonIdealities& parameters) {
  if (const std::string reason = invalid(parameters); !reason.empty())
    throw std::invalid_argument(reason);
  return parameters;
}

/// Both noises together, in 2^-16 LSB.
std::int64_t total_noise(const NonIdealities& parameters) {
  const double unit = 1 << kCodeBits;
  const auto ktc = static_cast<double>(std::llround(parameters.ktc_noise * unit));
  const auto comparator = static_cast<double>(std::llround(parameters.comparator_noise * unit));
  return std::llround(std::sqrt(ktc * ktc + comparator * comparator));  // squares are exact
}

}  // namespace

MacroInstance::MacroInstance(const NonIdealities& parameters, std::uint64_t seed)
    : parameters_(checked(parameters)),
      seed_(seed),
      capacitors_(parameters.capacitor_mismatch, seed),
      noise_(total_noise(parameters)),
      nonlinearity_(draw_nonlinearity(parameters, seed)),
      raw_slices_(draw_slices(parameters, seed)),
      trims_(kSlices) {
  const std::size_t codes = std::size_t{1} << parameters.adc_bits;
  for (std::size_t s = 0; s < kSlices; ++s) {
    raw_slices_[s].inl = std::span(nonlinearity_).subspan(s * codes, codes);
    if (parameters.is_calibrated)
      trims_[s] = calibrate(raw_slices_[s], static_cast<int>(s), parameters, noise_, seed);
    slices_.push_back(trimmed(raw_slices_[s], trims_[s]));
  }
}

Range MacroInstance::range(Encoding encoding, int lsb) const {
  return {encoding, lsb, parameters_.adc_bits, parameters_.dac_bits, capacitors_.fraction_bits(),
          noise_};
}

}  // namespace cairn::npu::cap
