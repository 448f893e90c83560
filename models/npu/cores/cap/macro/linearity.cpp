#include "models/npu/cores/cap/macro/linearity.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/npu/cores/cap/macro/gaussian.hpp"
#include "models/npu/cores/cap/macro/oracle.hpp"

namespace cairn::npu::cap {

namespace {

/// Random words of a counter: the same in every standard library.
class Words {
 public:
  explicit Words(std::uint64_t key) : key_(mix(key)) {}
  std::uint64_t next() { return mix(key_ + count_++); }
  int below(int bound) { return scaled(static_cast<std::uint32_t>(next() >> 32), bound); }
  /// 32 random bits to 0 to bound - 1.
  static int scaled(std::uint32_t bits, int bound) {
    return static_cast<int>(std::uint64_t{bits} * static_cast<std::uint64_t>(bound) >> 32);
  }

 private:
  std::uint64_t key_, count_ = 0;
};

/// A full row of operands.
struct Operands {
  std::array<std::int8_t, kColumns> cells;
  std::array<std::uint8_t, kColumns> inputs;
  std::int64_t sum = 0;

  /// Density, sign and amplitude are drawn first: all sums come up, not only those about the mean.
  Operands(Encoding encoding, int top, Words& words) {
    const auto density = static_cast<std::uint64_t>(words.below(257));
    const auto negative =
        static_cast<std::uint64_t>(encoding == Encoding::differential ? words.below(257) : 0);
    const int lowest = words.below(top + 1);
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::uint64_t word = words.next();
      const int sign = (word & 0xff) < negative ? -1 : 1;
      cells[i] = static_cast<std::int8_t>((word >> 8 & 0xff) < density ? sign : 0);
      inputs[i] = static_cast<std::uint8_t>(
          lowest + Words::scaled(static_cast<std::uint32_t>(word >> 32), top + 1 - lowest));
      sum += cells[i] * inputs[i];
    }
  }
};

}  // namespace

Linearity measure_linearity(const MacroInstance& macro, std::int64_t evaluations) {
  const NonIdealities& p = macro.parameters();
  const int top = (1 << p.dac_bits) - 1;
  Words words(macro.seed());
  Linearity found{evaluations};
  double squares = 0;
  for (std::int64_t i = 0; i < evaluations; ++i) {
    const Encoding encoding = i % 2 == 0 ? Encoding::weighted : Encoding::differential;
    const int slice = static_cast<int>(i / 2 % kSlices);
    const int row = 2 * slice + (encoding == Encoding::weighted ? words.below(2) : 0);
    const Operands operands(encoding, top, words);
    const int lsb = full_lsb(encoding, p.adc_bits, p.dac_bits);
    const auto draw = static_cast<std::uint32_t>(words.next() >> 32);
    const int code = convert(macro, encoding, lsb, {row, slice, 0}, operands.cells, operands.inputs,
                             macro.has_noise() ? gaussian(draw) : 0);
    const double mid = encoding == Encoding::weighted ? 1 << (p.adc_bits - 1) : 0;
    const double error = code - (static_cast<double>(operands.sum) * kSteps / lsb - mid);
    found.largest = std::max(found.largest, std::abs(error));
    found.mean += error;
    squares += error * error;
  }
  found.mean /= static_cast<double>(evaluations);
  found.sigma = std::sqrt(squares / static_cast<double>(evaluations) - found.mean * found.mean);
  return found;
}

}  // namespace cairn::npu::cap
