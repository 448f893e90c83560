// Sizes of CAP-RAM: those of the paper where it gives them, else assumed ones.
#include "models/npu/cores/cap/mapping.hpp"

namespace cairn::npu::cap {

Geometry defaults() {
  Geometry g;
  g.core_id = 3;
  g.feature_bits = 8ull * 524'288;
  g.weight_bytes = 65'536;
  g.values = {
      {"rows",
       64,
       "rows",
       "of MAC units: 512 rows of cells, eight of them share a unit",
       false,
       false,
       2,
       {},
       1'024},
      {"columns",
       128,
       "columns",
       "of MAC units: the length of a dot product",
       false,
       false,
       1,
       {},
       4'096},
      {"planes",
       8,
       "cells",
       "that share a MAC unit; an evaluation selects one of them",
       false,
       false,
       1,
       {},
       64},
      {"dac_bits",
       3,
       "bits",
       "of a feature that one evaluation takes: eight levels",
       false,
       false,
       1,
       {},
       8},
      {"adc_bits", 7, "bits", "of a conversion", false, false, 1, {}, 10},
      {"capacitor_mismatch", 10'000, "ppm", "sigma of a unit's capacitor; frozen", true},
      {"ktc_noise", 20, "LSB/1000", "sigma of the sampled noise, at full range", true},
      {"comparator_noise", 100, "LSB/1000", "sigma, referred to the input at full range", true},
      {"adc_offset", 2'000, "LSB/1000", "sigma of an ADC's offset before its calibration; frozen",
       true},
      {"adc_gain", 10'000, "ppm", "sigma of an ADC's gain before its calibration; frozen", true},
      {"adc_inl", 500, "LSB/1000", "largest integral nonlinearity of an ADC; frozen", true},
      {"adc_calibration",
       1,
       "",
       "offset and gain are trimmed when the chip is made",
       true,
       false,
       1,
       {"off", "on"}},
      {"select_cycles", 1, "cycles", "to select another cell of the units", true},
      {"row_cycles", 1, "cycles", "to write a row of cells, while the array waits", true},
      {"vector_lanes", 16, "operands", "operands a cycle of pooling, addition and requantisation",
       true},
      {"input_buffer_bytes", 16'384, "bytes", "features kept beside the feature SRAM", true, true},
      {"accumulator_bytes", 8'192, "bytes", "32-bit sums of a step", true},
      {"table_buffer_bytes", 8'192, "bytes",
       "requantisation table of a tile, kept beside the weight SRAM", true},
  };
  g.buffer_bytes = 16'384;
  return g;
}

}  // namespace cairn::npu::cap
