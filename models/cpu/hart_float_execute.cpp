// The F extension on the hart's registers.
#include <optional>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_float.hpp"

namespace cairn::hart {
namespace {

using binary32::kSignBit;
using binary32::Result;
using binary32::Rounding;

/// Values of the three source operands: registers of either file.
struct Operands {
  std::uint32_t a, b, c;
  std::uint32_t x;  ///< the integer register rs1
};

/// Has an rm field, of which 7 means frm.
constexpr bool rounds(Op op) {
  return op >= Op::kFmaddS && op <= Op::kFcvtWuS;
}

std::optional<Rounding> rounding_of(const Instruction& in, std::uint32_t frm) {
  constexpr std::uint32_t kDynamic = 7;
  const std::uint32_t rm = in.bits >> 12 & 7;
  const std::uint32_t mode = rm == kDynamic ? frm : rm;
  if (mode > static_cast<std::uint32_t>(Rounding::kNearestAway)) return std::nullopt;
  return static_cast<Rounding>(mode);
}

Result rounded_result(Op op, const Operands& in, Rounding rounding) {
  switch (op) {
    case Op::kFmaddS:
      return binary32::multiply_add(in.a, in.b, in.c, rounding);
    case Op::kFmsubS:
      return binary32::multiply_add(in.a, in.b, in.c ^ kSignBit, rounding);
    case Op::kFnmsubS:
      return binary32::multiply_add(in.a ^ kSignBit, in.b, in.c, rounding);
    case Op::kFnmaddS:
      return binary32::multiply_add(in.a ^ kSignBit, in.b, in.c ^ kSignBit, rounding);
    case Op::kFaddS:
      return binary32::add(in.a, in.b, rounding);
    case Op::kFsubS:
      return binary32::subtract(in.a, in.b, rounding);
    case Op::kFmulS:
      return binary32::multiply(in.a, in.b, rounding);
    case Op::kFdivS:
      return binary32::divide(in.a, in.b, rounding);
    case Op::kFsqrtS:
      return binary32::square_root(in.a, rounding);
    case Op::kFcvtSW:
      return binary32::from_int32(in.x, rounding);
    case Op::kFcvtSWu:
      return binary32::from_uint32(in.x, rounding);
    case Op::kFcvtWS:
      return binary32::to_int32(in.a, rounding);
    default:
      return binary32::to_uint32(in.a, rounding);
  }
}

Result exact_result(Op op, const Operands& in) {
  switch (op) {
    case Op::kFsgnjS:
      return {(in.a & ~kSignBit) | (in.b & kSignBit)};
    case Op::kFsgnjnS:
      return {(in.a & ~kSignBit) | (~in.b & kSignBit)};
    case Op::kFsgnjxS:
      return {in.a ^ (in.b & kSignBit)};
    case Op::kFminS:
      return binary32::minimum(in.a, in.b);
    case Op::kFmaxS:
      return binary32::maximum(in.a, in.b);
    case Op::kFeqS:
      return binary32::equal(in.a, in.b);
    case Op::kFltS:
      return binary32::less(in.a, in.b);
    case Op::kFleS:
      return binary32::less_or_equal(in.a, in.b);
    case Op::kFclassS:
      return {binary32::classify(in.a)};
    case Op::kFmvXW:
      return {in.a};
    default:
      return {in.x};  // fmv.w.x
  }
}

}  // namespace

void Hart::execute_float(const Instruction& in) {
  FloatUnit& unit = csrs_.float_unit;
  const std::optional<Rounding> rounding =
      rounds(in.op) ? rounding_of(in, unit.rounding()) : Rounding::kNearestEven;
  if (!unit.enabled() || !rounding) {
    cycle_ += in.cycles;
    return exception(Cause::kIllegalInstruction, in.bits);
  }
  if (in.op == Op::kFlw) return load_float(in);
  if (in.op == Op::kFsw) return store_float(in);

  const Operands operands{unit.f(in.rs1), unit.f(in.rs2), unit.f(in.bits >> 27), x_[in.rs1]};
  const Result result =
      rounds(in.op) ? rounded_result(in.op, operands, *rounding) : exact_result(in.op, operands);
  unit.raise(result.flags);
  if (writes_integer(in.op))
    x_[in.rd] = result.bits;
  else
    unit.set_f(in.rd, result.bits);
  retire(in, cycle_);
}

void Hart::load_float(const Instruction& in) {
  Access access{.cycle = cycle_};
  if (read(x_[in.rs1] + static_cast<std::uint32_t>(in.imm), 4, access)) {
    csrs_.float_unit.set_f(in.rd, access.value);
    return retire(in, access.cycle);
  }
  cycle_ = access.cycle + in.cycles;
  exception(Cause::kLoadAccessFault, access.failed_addr);
}

void Hart::store_float(const Instruction& in) {
  Access access{.cycle = cycle_};
  const std::uint32_t addr = x_[in.rs1] + static_cast<std::uint32_t>(in.imm);
  if (write(addr, 4, csrs_.float_unit.f(in.rs2), access)) return retire(in, access.cycle);
  cycle_ = access.cycle + in.cycles;
  exception(Cause::kStoreAccessFault, access.failed_addr);
}

}  // namespace cairn::hart
