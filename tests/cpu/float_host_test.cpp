// Our integer binary32 arithmetic against the host's floating-point unit: results and flags.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "models/cpu/hart_float.hpp"
#include "tests/cpu/float_operands.hpp"

namespace cairn {
namespace {

using namespace hart::binary32;
using test::float_corners;
using test::FloatOperands;
using Word = std::uint32_t;

constexpr std::array kModes{Rounding::kNearestEven, Rounding::kTowardZero, Rounding::kDown,
                            Rounding::kUp, Rounding::kNearestAway};
constexpr Word kInfinityBits = 0x7f80'0000, kMagnitude = 0x7fff'ffff;

float as_float(Word bits) {
  return std::bit_cast<float>(bits);
}
bool is_signaling_nan(Word bits) {
  return (bits & kMagnitude) > kInfinityBits && (bits & 0x0040'0000) == 0;
}

/// FE_TONEAREST for kNearestAway, which no host has.
int host_mode(Rounding rounding) {
  constexpr std::array kHost{FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD, FE_TONEAREST};
  return kHost[static_cast<std::size_t>(rounding)];
}

Word host_flags() {
  const int raised = std::fetestexcept(FE_ALL_EXCEPT);
  return (raised & FE_INEXACT ? kInexact : 0) | (raised & FE_UNDERFLOW ? kUnderflow : 0) |
         (raised & FE_OVERFLOW ? kOverflow : 0) | (raised & FE_DIVBYZERO ? kDivideByZero : 0) |
         (raised & FE_INVALID ? kInvalid : 0);
}

/// Operands and results pass through volatile variables: the compiler neither computes them
/// itself nor moves the operation away from the accesses to the environment around it.
struct Operands {
  volatile float a, b, c;
};

struct Operation {
  const char* name;
  int operands;
  Result (*ours)(Word, Word, Word, Rounding);
  float (*host)(const Operands&);
  /// The unrounded result is m, judged in double precision; m has at most 25 significant bits.
  bool (*is_exactly)(double a, double b, double c, double m);
};

/// A double-precision result counts only if it is exact.
bool exact_and_equal(double value, double m) {
  const volatile double computed = value;
  return std::fetestexcept(FE_INEXACT) == 0 && computed == m;
}

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all{
      {"add", 2, [](Word a, Word b, Word, Rounding r) { return add(a, b, r); },
       [](const Operands& in) { return in.a + in.b; },
       [](double a, double b, double, double m) { return exact_and_equal(a + b, m); }},
      {"subtract", 2, [](Word a, Word b, Word, Rounding r) { return subtract(a, b, r); },
       [](const Operands& in) { return in.a - in.b; },
       [](double a, double b, double, double m) { return exact_and_equal(a - b, m); }},
      {"multiply", 2, [](Word a, Word b, Word, Rounding r) { return multiply(a, b, r); },
       [](const Operands& in) { return in.a * in.b; },
       [](double a, double b, double, double m) { return exact_and_equal(a * b, m); }},
      {"divide", 2, [](Word a, Word b, Word, Rounding r) { return divide(a, b, r); },
       [](const Operands& in) { return in.a / in.b; },
       [](double a, double b, double, double m) { return exact_and_equal(m * b, a); }},
      {"square_root", 1, [](Word a, Word, Word, Rounding r) { return square_root(a, r); },
       [](const Operands& in) { return std::sqrt(float{in.a}); },
       [](double a, double, double, double m) { return exact_and_equal(m * m, a); }},
      {"multiply_add", 3,
       [](Word a, Word b, Word c, Rounding r) { return multiply_add(a, b, c, r); },
       [](const Operands& in) { return std::fma(float{in.a}, float{in.b}, float{in.c}); },
       [](double a, double b, double c, double m) {
         return exact_and_equal(std::fma(a, b, c), m);
       }},
  };
  return all;
}

Result host_result(const Operation& op, const Operands& in, int mode) {
  std::fesetround(mode);
  std::feclearexcept(FE_ALL_EXCEPT);
  const volatile float value = op.host(in);
  const Word flags = host_flags();
  std::fesetround(FE_TONEAREST);
  const Word bits = std::bit_cast<Word>(float{value});
  return {(bits & kMagnitude) > kInfinityBits ? kCanonicalNan : bits, flags};
}

/// Away from zero exactly at a tie; otherwise as to nearest, ties to even.
Result nearest_away(const Operation& op, const Operands& in) {
  const Result even = host_result(op, in, FE_TONEAREST);
  if ((even.flags & kInexact) == 0 || (even.flags & kOverflow) != 0) return even;
  const Word inner = host_result(op, in, FE_TOWARDZERO).bits;
  const double middle = (double{as_float(inner)} + double{as_float(inner + 1)}) / 2;
  std::feclearexcept(FE_ALL_EXCEPT);
  const bool tie = op.is_exactly(double{in.a}, double{in.b}, double{in.c}, middle);
  return {tie ? inner + 1 : even.bits, even.flags};
}

Result expected(const Operation& op, Word a, Word b, Word c, Rounding rounding) {
  const Operands in{as_float(a), as_float(b), as_float(c)};
  Result result = rounding == Rounding::kNearestAway ? nearest_away(op, in)
                                                     : host_result(op, in, host_mode(rounding));
  // x86 leaves infinity times zero plus a quiet NaN valid; RISC-V does not.
  const auto invalid = [](Word x, Word y) {
    return (x & kMagnitude) == kInfinityBits && (y & kMagnitude) == 0;
  };
  if (op.operands == 3 && (invalid(a, b) || invalid(b, a))) result.flags |= kInvalid;
  return result;
}

constexpr std::uint32_t kSeed = 20'261;

/// Random cases per operation; CAIRN_FLOAT_CASES sets another number.
std::uint64_t cases() {
  const char* given = std::getenv("CAIRN_FLOAT_CASES");
  return given != nullptr ? std::stoull(given) : 1'000'000;
}

void compare(const Operation& op, Word a, Word b, Word c, Rounding rounding) {
  const Result ours = op.ours(a, b, c, rounding);
  const Result host = expected(op, a, b, c, rounding);
  ASSERT_TRUE(ours == host) << fmt::format(
      "{} {:#010x} {:#010x} {:#010x} rounding {}: {:#010x} flags {}, not {:#010x} flags {}",
      op.name, a, b, c, static_cast<int>(rounding), ours.bits, ours.flags, host.bits, host.flags);
}

class FloatHostTest : public testing::TestWithParam<std::size_t> {};

TEST_P(FloatHostTest, CornerOperandsGiveTheHostsResultAndFlags) {
  const Operation& op = operations()[GetParam()];
  const std::vector<Word> none{0};
  for (const Rounding rounding : kModes)
    for (const Word a : float_corners())
      for (const Word b : op.operands > 1 ? float_corners() : none)
        for (const Word c : op.operands > 2 ? float_corners() : none)
          ASSERT_NO_FATAL_FAILURE(compare(op, a, b, c, rounding));
}

TEST_P(FloatHostTest, RandomOperandsGiveTheHostsResultAndFlags) {
  const Operation& op = operations()[GetParam()];
  FloatOperands source(kSeed);
  for (std::uint64_t i = 0; i < cases(); ++i)
    ASSERT_NO_FATAL_FAILURE(
        compare(op, source.next(), source.next(), source.next(), kModes[i % kModes.size()]));
}

INSTANTIATE_TEST_SUITE_P(Operations, FloatHostTest, testing::Range(std::size_t{0}, std::size_t{6}),
                         [](const auto& chosen) { return operations()[chosen.param].name; });

/// What a conversion to an integer type should give, from the host's to 64 bits.
Result expected_integer(Word a, Rounding rounding, std::int64_t low, std::int64_t high) {
  const volatile float value = as_float(a);
  if (std::isnan(float{value})) return {static_cast<Word>(high), kInvalid};
  if (std::fabs(float{value}) > 1e12f)
    return {static_cast<Word>(float{value} < 0 ? low : high), kInvalid};
  std::fesetround(host_mode(rounding));
  std::feclearexcept(FE_ALL_EXCEPT);
  const volatile long long nearest = std::llrint(float{value});
  const Word flags = host_flags();
  std::fesetround(FE_TONEAREST);
  const std::int64_t integer =
      rounding == Rounding::kNearestAway ? std::llround(float{value}) : nearest;
  if (integer < low || integer > high)
    return {static_cast<Word>(integer < low ? low : high), kInvalid};
  return {static_cast<Word>(integer), flags};
}

TEST(FloatConversionTest, IntegersFromNumbersSaturateAndRoundAsTheHost) {
  FloatOperands source(kSeed);
  for (std::uint64_t i = 0; i < cases(); ++i) {
    const Word a = i < float_corners().size() * kModes.size() ? float_corners()[i / kModes.size()]
                                                              : source.next();
    const Rounding rounding = kModes[i % kModes.size()];
    const Result to_signed = expected_integer(a, rounding, INT32_MIN, INT32_MAX);
    const Result to_unsigned = expected_integer(a, rounding, 0, UINT32_MAX);
    ASSERT_TRUE(to_int32(a, rounding) == to_signed) << std::hex << a << " " << i % kModes.size();
    ASSERT_TRUE(to_uint32(a, rounding) == to_unsigned) << std::hex << a << " " << i % kModes.size();
  }
}

/// The host's conversion; for ties away, 2^32 and less are exact in double precision.
template <typename Integer>
Result expected_number(Integer value, Rounding rounding) {
  const volatile Integer given = value;
  std::fesetround(host_mode(rounding));
  std::feclearexcept(FE_ALL_EXCEPT);
  const volatile float number = static_cast<float>(given);
  const Word flags = host_flags();
  std::fesetround(FE_TOWARDZERO);
  const volatile float inner = static_cast<float>(given);
  std::fesetround(FE_TONEAREST);
  const Word bits = std::bit_cast<Word>(float{number});
  const Word inner_bits = std::bit_cast<Word>(float{inner});
  const double middle = (double{inner} + double{as_float(inner_bits + 1)}) / 2;
  const bool tie = flags != 0 && static_cast<double>(given) == middle;
  return {tie && rounding == Rounding::kNearestAway ? inner_bits + 1 : bits, flags};
}

TEST(FloatConversionTest, NumbersFromIntegersRoundAsTheHost) {
  FloatOperands source(kSeed);
  for (std::uint64_t i = 0; i < cases(); ++i) {
    const Word value = i % 2 == 0 ? source.raw() >> source.raw() % 32 : source.raw() & ~0x3fu;
    const Rounding rounding = kModes[i % kModes.size()];
    ASSERT_TRUE(from_int32(value, rounding) ==
                expected_number(static_cast<std::int32_t>(value), rounding))
        << value;
    ASSERT_TRUE(from_uint32(value, rounding) == expected_number(value, rounding)) << value;
  }
}

TEST(FloatComparisonTest, OrderAndInvalidFlagAreTheHosts) {
  FloatOperands source(kSeed);
  const auto host = [](Word a, Word b, auto relation) {
    const volatile float x = as_float(a), y = as_float(b);
    std::feclearexcept(FE_ALL_EXCEPT);
    const volatile bool holds = relation(float{x}, float{y});
    return Result{holds ? 1u : 0u, host_flags()};
  };
  const std::uint64_t pairs = float_corners().size() * float_corners().size();
  for (std::uint64_t i = 0; i < cases(); ++i) {
    const Word a = i < pairs ? float_corners()[i / float_corners().size()] : source.next();
    const Word b = i < pairs ? float_corners()[i % float_corners().size()] : source.next();
    ASSERT_TRUE(less(a, b) == host(a, b, [](float x, float y) { return x < y; })) << a << " " << b;
    ASSERT_TRUE(less_or_equal(a, b) == host(a, b, [](float x, float y) { return x <= y; }))
        << a << " " << b;
    ASSERT_TRUE(equal(a, b) == host(a, b, [](float x, float y) { return x == y; }))
        << a << " " << b;
  }
}

TEST(FloatComparisonTest, MinimumAndMaximumAreNumbersWhereOneOperandIs) {
  FloatOperands source(kSeed);
  const std::uint64_t pairs = float_corners().size() * float_corners().size();
  for (std::uint64_t i = 0; i < cases(); ++i) {
    const Word a = i < pairs ? float_corners()[i / float_corners().size()] : source.next();
    const Word b = i < pairs ? float_corners()[i % float_corners().size()] : source.next();
    const float x = as_float(a), y = as_float(b);
    const Word flags = is_signaling_nan(a) || is_signaling_nan(b) ? kInvalid : 0;
    Word low = x < y ? a : b;
    Word high = x < y ? b : a;
    if (x == y) {  // alike, or zeros of two signs
      low = a | b;
      high = a & b;
    }
    if (std::isnan(x)) low = high = b;
    if (std::isnan(y)) low = high = std::isnan(x) ? kCanonicalNan : a;
    ASSERT_TRUE((minimum(a, b) == Result{low, flags})) << a << " " << b;
    ASSERT_TRUE((maximum(a, b) == Result{high, flags})) << a << " " << b;
  }
}

TEST(FloatComparisonTest, ClassesAreTheHosts) {
  FloatOperands source(kSeed);
  for (std::uint64_t i = 0; i < cases(); ++i) {
    const Word a = i < float_corners().size() ? float_corners()[i] : source.next();
    const float x = as_float(a);
    const int category = std::fpclassify(x);
    const int distance = category == FP_INFINITE    ? 3
                         : category == FP_NORMAL    ? 2
                         : category == FP_SUBNORMAL ? 1
                                                    : 0;
    const int bit = category == FP_NAN ? (is_signaling_nan(a) ? 8 : 9)
                    : std::signbit(x)  ? 3 - distance
                                       : 4 + distance;
    ASSERT_EQ(classify(a), 1u << bit) << a;
  }
}

}  // namespace
}  // namespace cairn
