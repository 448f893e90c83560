// IEEE 754 binary32 arithmetic on bit patterns, with the rounding modes and flags of RISC-V.
#pragma once

#include <cstdint>

/// The operations of the F extension (unprivileged ISA 20191213, chapter 11) in integers only: the
/// results depend neither on the host's floating-point unit nor on compiler flags.
///
/// A result that is not a number is the canonical NaN, whatever the operands' payloads; underflow
/// means tiny after rounding and inexact.
namespace cairn::hart::binary32 {

/// In the encoding of frm and of an instruction's rm field; 5 and 6 are reserved, 7 in rm: frm.
enum class Rounding : std::uint8_t {
  kNearestEven = 0,
  kTowardZero = 1,
  kDown = 2,
  kUp = 3,
  kNearestAway = 4,  ///< to nearest, ties to the larger magnitude
};

/// The exception flags in the encoding of fflags.
inline constexpr std::uint32_t kInexact = 1, kUnderflow = 2, kOverflow = 4;
inline constexpr std::uint32_t kDivideByZero = 8, kInvalid = 16;

inline constexpr std::uint32_t kCanonicalNan = 0x7fc0'0000;
inline constexpr std::uint32_t kSignBit = 0x8000'0000;

struct Result {
  std::uint32_t bits = 0;   ///< a binary32 number, or the integer where the function says so
  std::uint32_t flags = 0;  ///< raised by this operation
  bool operator==(const Result&) const = default;
};

Result add(std::uint32_t a, std::uint32_t b, Rounding rounding);
Result subtract(std::uint32_t a, std::uint32_t b, Rounding rounding);
Result multiply(std::uint32_t a, std::uint32_t b, Rounding rounding);
/// a * b + c with one rounding. Infinity times zero is invalid even if c is a quiet NaN.
Result multiply_add(std::uint32_t a, std::uint32_t b, std::uint32_t c, Rounding rounding);
Result divide(std::uint32_t a, std::uint32_t b, Rounding rounding);
Result square_root(std::uint32_t a, Rounding rounding);

/// The number that is not a NaN if there is one; -0 is below +0. A signaling NaN is invalid.
Result minimum(std::uint32_t a, std::uint32_t b);
Result maximum(std::uint32_t a, std::uint32_t b);

/// 1 or 0. Any NaN compares false and is invalid, except that equal() accepts quiet ones.
Result equal(std::uint32_t a, std::uint32_t b);
Result less(std::uint32_t a, std::uint32_t b);
Result less_or_equal(std::uint32_t a, std::uint32_t b);

/// One bit of ten, as fclass.s numbers them: -inf, -normal, -subnormal, -0, +0, +subnormal,
/// +normal, +inf, signaling NaN, quiet NaN.
std::uint32_t classify(std::uint32_t a);

/// The integer; what does not fit is invalid and saturates, a NaN as if it were +infinity.
Result to_int32(std::uint32_t a, Rounding rounding);
Result to_uint32(std::uint32_t a, Rounding rounding);
Result from_int32(std::uint32_t value, Rounding rounding);
Result from_uint32(std::uint32_t value, Rounding rounding);

}  // namespace cairn::hart::binary32
