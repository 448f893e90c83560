// Register instructions.
#include "models/cpu/hart_x86_emitter.hpp"

namespace cairn::hart::x86 {

host::Gp Emitter::value(unsigned guest, const host::Gp& scratch) {
  if (const auto own = pinned(guest)) return *own;
  load(scratch, guest);
  return scratch;
}

void Emitter::load(const host::Gp& target, unsigned guest) {
  if (guest == 0)
    a_.xor_(target, target);
  else if (const auto own = pinned(guest)) {
    if (*own != target) a_.mov(target, *own);
  } else
    a_.mov(target, frame_.x(guest));
}

void Emitter::store(unsigned guest, const host::Gp& source) {
  if (const auto own = pinned(guest)) {
    if (*own != source) a_.mov(*own, source);
  } else if (guest != kDiscard)
    a_.mov(frame_.x(guest), source);
}

void Emitter::set(unsigned guest, std::uint32_t value) {
  if (const auto own = pinned(guest))
    a_.mov(*own, value);
  else if (guest != kDiscard)
    a_.mov(frame_.x(guest), value);
}

void Emitter::compute(const Instruction& in) {
  if (in.rd == kDiscard) return;  // none of these does anything else
  if (is_bitmanip(in.op)) return bitmanip(in);
  switch (in.op) {
    case Op::kLui:
      return set(in.rd, static_cast<std::uint32_t>(in.imm));
    case Op::kAuipc:
      return set(in.rd, pc_ + static_cast<std::uint32_t>(in.imm));
    case Op::kAddi:
    case Op::kXori:
    case Op::kOri:
    case Op::kAndi:
    case Op::kSlli:
    case Op::kSrli:
    case Op::kSrai:
      return immediate(in);
    case Op::kSlt:
    case Op::kSltu:
    case Op::kSlti:
    case Op::kSltiu:
      return set_if_less(in);
    case Op::kMulh:
    case Op::kMulhsu:
    case Op::kMulhu:
      return multiply_high(in);
    case Op::kDiv:
    case Op::kDivu:
    case Op::kRem:
    case Op::kRemu:
      return divide(in);
    case Op::kFence:
      return;
    default:
      return two_registers(in);
  }
}

void Emitter::immediate(const Instruction& in) {
  const auto own = pinned(in.rd);
  if (in.op == Op::kAddi) {
    if (in.rs1 == 0) return set(in.rd, static_cast<std::uint32_t>(in.imm));
    if (in.imm == 0) return store(in.rd, value(in.rs1, own.value_or(host::eax)));
    const auto source = pinned(in.rs1);
    if (own && source && in.rd != in.rs1)
      return static_cast<void>(a_.lea(*own, host::ptr(source->r64(), in.imm)));
    if (!own && in.rd == in.rs1) return static_cast<void>(a_.add(frame_.x(in.rd), in.imm));
  }
  const host::Gp target = own.value_or(host::eax);
  load(target, in.rs1);
  switch (in.op) {
    case Op::kAddi:
      a_.add(target, in.imm);
      break;
    case Op::kXori:
      a_.xor_(target, in.imm);
      break;
    case Op::kOri:
      a_.or_(target, in.imm);
      break;
    case Op::kAndi:
      a_.and_(target, in.imm);
      break;
    case Op::kSlli:
      a_.shl(target, in.imm);
      break;
    case Op::kSrli:
      a_.shr(target, in.imm);
      break;
    default:
      a_.sar(target, in.imm);
      break;
  }
  store(in.rd, target);
}

void Emitter::two_registers(const Instruction& in) {
  if (in.op == Op::kSll || in.op == Op::kSrl || in.op == Op::kSra) {
    load(host::ecx, in.rs2);
    load(host::eax, in.rs1);
    if (in.op == Op::kSll)
      a_.shl(host::eax, host::cl);
    else if (in.op == Op::kSrl)
      a_.shr(host::eax, host::cl);
    else
      a_.sar(host::eax, host::cl);
    return store(in.rd, host::eax);
  }
  // In place unless that would overwrite the second operand.
  const auto own = pinned(in.rd);
  const host::Gp target = own && in.rd != in.rs2 ? *own : host::Gp(host::eax);
  const host::Gp second = value(in.rs2, host::ecx);
  load(target, in.rs1);
  switch (in.op) {
    case Op::kAdd:
      a_.add(target, second);
      break;
    case Op::kSub:
      a_.sub(target, second);
      break;
    case Op::kXor:
      a_.xor_(target, second);
      break;
    case Op::kOr:
      a_.or_(target, second);
      break;
    case Op::kAnd:
      a_.and_(target, second);
      break;
    default:
      a_.imul(target, second);
      break;
  }
  store(in.rd, target);
}

void Emitter::set_if_less(const Instruction& in) {
  const bool immediate = in.op == Op::kSlti || in.op == Op::kSltiu;
  const host::Gp first = value(in.rs1, host::eax);
  if (immediate)
    a_.cmp(first, in.imm);
  else
    a_.cmp(first, value(in.rs2, host::ecx));
  if (in.op == Op::kSlt || in.op == Op::kSlti)
    a_.setl(host::al);
  else
    a_.setb(host::al);
  a_.movzx(host::eax, host::al);
  store(in.rd, host::eax);
}

void Emitter::multiply_high(const Instruction& in) {
  load(host::eax, in.rs1);
  load(host::ecx, in.rs2);
  if (in.op != Op::kMulhu) a_.movsxd(host::rax, host::eax);
  if (in.op == Op::kMulh) a_.movsxd(host::rcx, host::ecx);
  a_.imul(host::rax, host::rcx);
  a_.shr(host::rax, 32);
  store(in.rd, host::eax);
}

/// Unprivileged ISA, table 7.1: by zero the quotient is all ones and the remainder the dividend.
/// In 64 bits the one overflow, -2^31 / -1, is none.
void Emitter::divide(const Instruction& in) {
  const bool is_signed = in.op == Op::kDiv || in.op == Op::kRem;
  const bool remainder = in.op == Op::kRem || in.op == Op::kRemu;
  const asmjit::Label by_zero = a_.newLabel();
  const asmjit::Label end = a_.newLabel();
  load(host::eax, in.rs1);
  load(host::ecx, in.rs2);
  a_.test(host::ecx, host::ecx);
  a_.jz(by_zero);
  if (is_signed) {
    a_.movsxd(host::rax, host::eax);
    a_.movsxd(host::rcx, host::ecx);
    a_.cqo();
    a_.idiv(host::rcx);
  } else {
    a_.xor_(host::edx, host::edx);
    a_.div(host::ecx);
  }
  if (remainder) a_.mov(host::eax, host::edx);
  a_.jmp(end);
  a_.bind(by_zero);
  if (!remainder) a_.mov(host::eax, -1);
  a_.bind(end);
  store(in.rd, host::eax);
}

}  // namespace cairn::hart::x86
