// Decoding of the F extension.
#include <array>

#include "models/cpu/hart_decode.hpp"

namespace cairn::hart {
namespace {

constexpr Op kNone = Op::kIllegal;
constexpr std::array kSignInjections{Op::kFsgnjS, Op::kFsgnjnS, Op::kFsgnjxS};
constexpr std::array kMinMax{Op::kFminS, Op::kFmaxS, kNone};
constexpr std::array kComparisons{Op::kFleS, Op::kFltS, Op::kFeqS};

/// The fields of an instruction under the manual's names.
struct Fields {
  std::uint32_t bits;

  constexpr std::uint32_t opcode() const { return bits & 0x7f; }
  constexpr std::uint8_t rd() const { return bits >> 7 & 31; }
  constexpr std::uint32_t rm() const { return bits >> 12 & 7; }
  constexpr std::uint8_t rs1() const { return bits >> 15 & 31; }
  constexpr std::uint8_t rs2() const { return bits >> 20 & 31; }
  constexpr std::uint32_t format() const { return bits >> 25 & 3; }  ///< 0: single precision
  constexpr std::uint32_t funct7() const { return bits >> 25; }
  constexpr bool rounds() const { return rm() != 5 && rm() != 6; }  ///< rm is not reserved
};

/// OP-FP without an rm field: the function is in its place.
Op fixed_function(Fields in) {
  const bool in_range = in.rm() < 3;
  const bool is_single_operand = in.rs2() == 0;
  switch (in.funct7()) {
    case 0x10:
      return in_range ? kSignInjections[in.rm()] : kNone;
    case 0x14:
      return in_range ? kMinMax[in.rm()] : kNone;
    case 0x50:
      return in_range ? kComparisons[in.rm()] : kNone;
    case 0x70:
      if (!is_single_operand || in.rm() > 1) return kNone;
      return in.rm() == 0 ? Op::kFmvXW : Op::kFclassS;
    case 0x78:
      return is_single_operand && in.rm() == 0 ? Op::kFmvWX : kNone;
    default:
      return kNone;
  }
}

/// OP-FP with an rm field.
Op rounding_function(Fields in) {
  switch (in.funct7()) {
    case 0x00:
      return Op::kFaddS;
    case 0x04:
      return Op::kFsubS;
    case 0x08:
      return Op::kFmulS;
    case 0x0c:
      return Op::kFdivS;
    case 0x2c:
      return in.rs2() == 0 ? Op::kFsqrtS : kNone;
    case 0x60:
      return in.rs2() == 0 ? Op::kFcvtWS : in.rs2() == 1 ? Op::kFcvtWuS : kNone;
    case 0x68:
      return in.rs2() == 0 ? Op::kFcvtSW : in.rs2() == 1 ? Op::kFcvtSWu : kNone;
    default:
      return kNone;
  }
}

Op operation(Fields in) {
  const bool fuses = in.format() == 0 && in.rounds();
  switch (in.opcode()) {
    case 0x07:
      return in.rm() == 2 ? Op::kFlw : kNone;
    case 0x27:
      return in.rm() == 2 ? Op::kFsw : kNone;
    case 0x43:
      return fuses ? Op::kFmaddS : kNone;
    case 0x47:
      return fuses ? Op::kFmsubS : kNone;
    case 0x4b:
      return fuses ? Op::kFnmsubS : kNone;
    case 0x4f:
      return fuses ? Op::kFnmaddS : kNone;
    default:
      break;
  }
  const Op op = fixed_function(in);
  return op != kNone || !in.rounds() ? op : rounding_function(in);
}

/// The signed offset of a load (I format) or a store (S format).
std::int32_t offset(Fields in, Op op) {
  const std::int32_t high = static_cast<std::int32_t>(in.bits) >> 25;
  return high * 32 + (op == Op::kFsw ? in.rd() : in.rs2());
}

}  // namespace

Instruction decode_float(std::uint32_t bits) {
  const Fields in{bits};
  Instruction out{.op = operation(in), .rd = in.rd(), .rs1 = in.rs1(), .rs2 = in.rs2()};
  if (out.op == Op::kFlw || out.op == Op::kFsw) out.imm = offset(in, out.op);
  const bool writes_nothing =
      writes_integer(out.op) ? out.rd == 0 : out.op == Op::kFsw || out.op == kNone;
  if (writes_nothing) out.rd = kDiscard;
  return out;
}

}  // namespace cairn::hart
