// The macro's linearity, and what its calibration does for it.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "models/npu/cores/cap/macro/linearity.hpp"

namespace cairn::npu::cap {
namespace {

TEST(CapLinearity, ErrorStaysBelowTwoLsbOverThePublishedSamples) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Linearity found = measure_linearity(MacroInstance(NonIdealities{}, seed));
    EXPECT_EQ(found.evaluations, 524'288);
    EXPECT_LT(found.largest, 2) << "seed " << seed;
    EXPECT_LT(std::abs(found.mean), 0.1) << "seed " << seed;
    EXPECT_GT(found.largest, 0.5) << "seed " << seed;  // of its quantisation alone
    std::cout << "seed " << seed << ": largest " << found.largest << ", mean " << found.mean
              << ", sigma " << found.sigma << " LSB\n";
  }
}

TEST(CapLinearity, IdealMacroHasItsQuantisationOnly) {
  const Linearity found = measure_linearity(MacroInstance(NonIdealities{}.ideal(), 1), 100'000);
  EXPECT_LE(found.largest, 1);  // at the top of the range, which has no code
  EXPECT_NEAR(found.sigma, 1 / std::sqrt(12.0), 0.02);
}

TEST(CapLinearity, WithoutCalibrationTheErrorIsLarger) {
  NonIdealities raw;
  raw.is_calibrated = false;
  EXPECT_GT(measure_linearity(MacroInstance(raw, 1), 50'000).largest, 2);
}

TEST(CapLinearity, EveryErrorMakesItWorse) {
  const double ideal = measure_linearity(MacroInstance(NonIdealities{}.ideal(), 1), 50'000).sigma;
  for (double NonIdealities::*error :
       {&NonIdealities::capacitor_mismatch, &NonIdealities::ktc_noise,
        &NonIdealities::comparator_noise, &NonIdealities::adc_inl}) {
    NonIdealities one = NonIdealities{}.ideal();
    one.*error = error == &NonIdealities::capacitor_mismatch ? 0.05 : 0.5;
    EXPECT_GT(measure_linearity(MacroInstance(one, 1), 50'000).sigma, ideal * 1.05);
  }
}

TEST(CapCalibration, TrimsWithinAStepOfTheTruth) {
  const NonIdealities p;
  double worst_offset = 0, worst_gain = 0, raw_offset = 0, raw_gain = 0;
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const MacroInstance macro(p, seed);
    for (int s = 0; s < kSlices; ++s) {
      const auto offset = [](const Slice& slice) { return std::ldexp(slice.offset, -kCodeBits); };
      const auto gain = [](const Slice& slice) {
        return std::ldexp(static_cast<double>(slice.gain), -kGainBits) - 1;
      };
      raw_offset = std::max(raw_offset, std::abs(offset(macro.raw_slice(s))));
      raw_gain = std::max(raw_gain, std::abs(gain(macro.raw_slice(s))));
      worst_offset = std::max(worst_offset, std::abs(offset(macro.slice(s))));
      worst_gain = std::max(worst_gain, std::abs(gain(macro.slice(s))));
      EXPECT_EQ(macro.trim(s).conversions, 2 * 15 * 64);
    }
  }
  EXPECT_GT(raw_offset, 4);
  EXPECT_GT(raw_gain, 0.02);
  // The nonlinearity, up to half an LSB, is in the measured line.
  EXPECT_LT(worst_offset, 0.5);
  EXPECT_LT(worst_gain, 0.01);
}

TEST(CapCalibration, FindsTheTruthWhereNothingElseIsWrong) {
  NonIdealities p = NonIdealities{}.ideal();
  p.adc_offset = 2;
  p.adc_gain = 0.01;
  p.comparator_noise = 0.3;  // codes average out only if they vary
  const MacroInstance macro(p, 1);
  for (int s = 0; s < kSlices; ++s) {
    EXPECT_LT(std::abs(std::ldexp(macro.slice(s).offset, -kCodeBits)), 1.0 / 8);
    EXPECT_LT(std::abs(std::ldexp(static_cast<double>(macro.slice(s).gain), -kGainBits) - 1),
              1.5 / 512);
  }
}

TEST(CapNonlinearity, IsSmoothAndAsLargeAsAskedFor) {
  for (const int bits : {3, 7, 10})
    for (const double inl : {0.0, 0.5, 1.9}) {
      NonIdealities p;
      p.adc_bits = bits;
      p.adc_inl = inl;
      const MacroInstance macro(p, 2);
      for (int s = 0; s < kSlices; ++s) {
        const auto table = macro.slice(s).inl;
        ASSERT_EQ(table.size(), std::size_t{1} << bits);
        double largest = 0, step = 0;
        for (std::size_t i = 0; i < table.size(); ++i) {
          largest = std::max(largest, std::abs(std::ldexp(table[i], -kCodeBits)));
          if (i > 0)
            step = std::max(step, std::abs(std::ldexp(table[i] - table[i - 1], -kCodeBits)));
        }
        EXPECT_NEAR(largest, inl, 1e-4);
        EXPECT_LE(step, bits == 3 ? 2 * inl : inl / 3);
      }
    }
}

TEST(CapNonIdealities, RefusesWhatNoMacroHas) {
  NonIdealities p;
  EXPECT_EQ(invalid(p), "");
  p.adc_bits = 12;
  EXPECT_EQ(invalid(p), "the ADC's width in bits, 12, is not within 3 to 10");
  EXPECT_THROW(MacroInstance(p, 1), std::invalid_argument);
  p = {};
  p.capacitor_mismatch = -0.1;
  EXPECT_NE(invalid(p), "");
  p = {};
  p.ktc_noise = std::nan("");
  EXPECT_NE(invalid(p), "");
}

}  // namespace
}  // namespace cairn::npu::cap
