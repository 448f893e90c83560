#include "models/npu/cores/cap/macro/non_idealities.hpp"

#include <sstream>

namespace cairn::npu::cap {

namespace {

template <typename T>
bool is_outside(T value, T low, T high) {
  return !(value >= low && value <= high);  // true for a NaN
}

template <typename T>
std::string outside(const char* subject, T value, T low, T high) {
  std::ostringstream reason;
  reason << subject << ", " << value << ", is not within " << low << " to " << high;
  return reason.str();
}

}  // namespace

std::string invalid(const NonIdealities& p) {
  struct Limit {
    const char* subject;
    double value, high;
  };
  for (const Limit& limit : {Limit{"the capacitors' mismatch", p.capacitor_mismatch, 0.5},
                             Limit{"the kT/C noise", p.ktc_noise, 64.0},
                             Limit{"the comparator's noise", p.comparator_noise, 64.0},
                             Limit{"the ADC's offset", p.adc_offset, 64.0},
                             Limit{"the ADC's gain error", p.adc_gain, 0.1},
                             Limit{"the ADC's nonlinearity", p.adc_inl, 1.9}})
    if (is_outside(limit.value, 0.0, limit.high))
      return outside(limit.subject, limit.value, 0.0, limit.high);
  if (is_outside(p.adc_bits, 3, 10)) return outside("the ADC's width in bits", p.adc_bits, 3, 10);
  if (is_outside(p.dac_bits, 1, 8)) return outside("the DAC's width in bits", p.dac_bits, 1, 8);
  return {};
}

}  // namespace cairn::npu::cap
