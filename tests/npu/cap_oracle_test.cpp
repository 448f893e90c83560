// The macro's definition: the oracle against the formula in real numbers, and what an instance is.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "models/npu/cores/cap/macro/gaussian.hpp"
#include "models/npu/cores/cap/macro/oracle.hpp"

namespace cairn::npu::cap {
namespace {

/// A conversion and its operands.
struct Evaluation {
  Encoding encoding;
  RowPlace place;
  std::vector<std::int8_t> cells;
  std::vector<std::uint8_t> inputs;

  Evaluation(Encoding e, int dac_bits, std::mt19937_64& random) : encoding(e) {
    const auto in = [&](int low, int high) {
      return std::uniform_int_distribution<int>(low, high)(random);
    };
    const int size = in(1, kColumns), slice = in(0, kSlices - 1);
    place = {2 * slice + (e == Encoding::weighted ? in(0, 1) : 0), slice, in(0, kColumns - size)};
    const int dense = in(0, 100), positive = in(0, 100), most = in(0, (1 << dac_bits) - 1);
    for (int i = 0; i < size; ++i) {
      const int sign = e == Encoding::differential && in(1, 100) > positive ? -1 : 1;
      cells.push_back(static_cast<std::int8_t>(in(1, 100) <= dense ? sign : 0));
      inputs.push_back(static_cast<std::uint8_t>(in(0, most)));
    }
  }

  std::int64_t ideal_sum() const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < cells.size(); ++i)
      sum += cells[i] * inputs[i];
    return sum;
  }
};

constexpr Encoding kEncodings[] = {Encoding::differential, Encoding::weighted};

int random_lsb(Encoding encoding, const NonIdealities& p, std::mt19937_64& random) {
  const int full = full_lsb(encoding, p.adc_bits, p.dac_bits);
  return std::uniform_int_distribution<int>(1, full)(random);
}

TEST(CapOracle, IdealConversionIsTheFlooredQuotientAtEveryRange) {
  std::mt19937_64 random(1);
  for (int adc_bits = 3; adc_bits <= 10; ++adc_bits)
    for (int dac_bits = 1; dac_bits <= 8; ++dac_bits) {
      NonIdealities p;
      p.adc_bits = adc_bits;
      p.dac_bits = dac_bits;
      const MacroInstance macro(p.ideal(), 7);
      const std::int64_t half = std::int64_t{1} << (adc_bits - 1);
      for (int trial = 0; trial < 200; ++trial)
        for (const Encoding encoding : kEncodings) {
          const Evaluation e(encoding, dac_bits, random);
          const int lsb = random_lsb(encoding, p, random);
          const std::int64_t numerator = 2 * kSteps * e.ideal_sum() + lsb;
          const auto rounded =
              static_cast<std::int64_t>(std::floor(static_cast<double>(numerator) / (2 * lsb)));
          const std::int64_t ideal = rounded - (encoding == Encoding::weighted ? half : 0);
          ASSERT_EQ(convert(macro, encoding, lsb, e.place, e.cells, e.inputs, 0),
                    std::clamp(ideal, -half, half - 1))
              << "adc " << adc_bits << " dac " << dac_bits << " lsb " << lsb << " sum "
              << e.ideal_sum();
        }
    }
}

TEST(CapOracle, ConversionFollowsTheFormulaInRealNumbers) {
  std::mt19937_64 random(2);
  const NonIdealities p;
  const MacroInstance macro(p, 11);
  const int fraction = macro.capacitors().fraction_bits();
  const double sigma = std::hypot(p.ktc_noise, p.comparator_noise);
  int doubtful = 0, trials = 0;
  for (int trial = 0; trial < 20'000; ++trial)
    for (const Encoding encoding : kEncodings) {
      const Evaluation e(encoding, p.dac_bits, random);
      const int lsb = random_lsb(encoding, p, random);
      const std::int32_t gauss = gaussian(static_cast<std::uint32_t>(random()));
      double x = 0;
      for (std::size_t i = 0; i < e.cells.size(); ++i) {
        const int row = e.place.row + (e.cells[i] < 0 ? 1 : 0);
        const int column = e.place.first_column + static_cast<int>(i);
        x += (1 + std::ldexp(macro.capacitors().deviation(row, column), -fraction)) * e.cells[i] *
             e.inputs[i];
      }
      const Slice& slice = macro.slice(e.place.slice);
      const double step = lsb / 16.0, mid = encoding == Encoding::weighted ? 64 * step : 0;
      const double position = (x - mid) * std::ldexp(static_cast<double>(slice.gain), -30) / step +
                              std::ldexp(slice.offset, -16);
      const double index = std::clamp(std::floor(position + 0.5), -64.0, 63.0);
      const double noise = sigma * full_lsb(encoding, 7, 3) / lsb * gauss / 4096.0;
      const double inl = std::ldexp(slice.inl[static_cast<std::size_t>(index + 64)], -16);
      const double real = position + inl + noise + 0.5;
      const double expected = std::clamp(std::floor(real), -64.0, 63.0);
      const int code = convert(macro, encoding, lsb, e.place, e.cells, e.inputs, gauss);
      ++trials;
      if (code != static_cast<int>(expected)) {
        // Only where the real number lies within rounding of a boundary.
        ++doubtful;
        ASSERT_NEAR(real, std::round(real), 0.02) << "lsb " << lsb;
      }
    }
  EXPECT_LT(doubtful, trials / 200);
}

TEST(CapOracle, InstanceIsAFunctionOfItsSeed) {
  const NonIdealities p;
  const MacroInstance one(p, 5), same(p, 5), other(p, 6);
  int different = 0;
  for (int row = 0; row < kRows; ++row)
    for (int column = 0; column < kColumns; ++column) {
      EXPECT_EQ(one.capacitors().deviation(row, column), same.capacitors().deviation(row, column));
      different +=
          one.capacitors().deviation(row, column) != other.capacitors().deviation(row, column);
    }
  EXPECT_GT(different, kRows * kColumns * 9 / 10);
  EXPECT_EQ(one.nonlinearity(), same.nonlinearity());
  EXPECT_NE(one.nonlinearity(), other.nonlinearity());
}

TEST(CapOracle, CapacitorsHaveTheMismatchAskedFor) {
  for (const double mismatch : {0.002, 0.01, 0.05, 0.2}) {
    NonIdealities p;
    p.capacitor_mismatch = mismatch;
    const MacroInstance macro(p, 3);
    double squares = 0;
    for (int row = 0; row < kRows; ++row)
      for (int column = 0; column < kColumns; ++column) {
        const double d = std::ldexp(macro.capacitors().deviation(row, column),
                                    -macro.capacitors().fraction_bits());
        squares += d * d;
      }
    EXPECT_NEAR(std::sqrt(squares / (kRows * kColumns)) / mismatch, 1, 0.03) << mismatch;
  }
}

TEST(CapOracle, FullRowIsExactWhateverItsMismatch) {
  const MacroInstance macro(NonIdealities{}, 9);
  const std::vector<std::int8_t> cells(kColumns, 1);
  const std::vector<std::uint8_t> inputs(kColumns, 7);
  const double full = std::ldexp(7.0 * kColumns, macro.capacitors().fraction_bits());
  for (int row = 0; row < kRows; ++row)
    EXPECT_NEAR(
        static_cast<double>(analogue_sum(macro.capacitors(), {row, row / 2, 0}, cells, inputs)) /
            full,
        1, 1e-3);
}

}  // namespace
}  // namespace cairn::npu::cap
