// Zba and Zbb, with what every x86-64 host has.
#include "models/cpu/hart_x86_emitter.hpp"

namespace cairn::hart::x86 {

/// The operands go to eax and ecx, the result comes from eax.
void Emitter::bitmanip(const Instruction& in) {
  load(host::eax, in.rs1);
  if (in.op == Op::kRori)
    a_.mov(host::ecx, in.imm);
  else
    load(host::ecx, in.rs2);
  switch (in.op) {
    case Op::kSh1add:
      a_.lea(host::eax, host::ptr(host::rcx, host::rax, 1));
      break;
    case Op::kSh2add:
      a_.lea(host::eax, host::ptr(host::rcx, host::rax, 2));
      break;
    case Op::kSh3add:
      a_.lea(host::eax, host::ptr(host::rcx, host::rax, 3));
      break;
    case Op::kAndn:
      a_.not_(host::ecx);
      a_.and_(host::eax, host::ecx);
      break;
    case Op::kOrn:
      a_.not_(host::ecx);
      a_.or_(host::eax, host::ecx);
      break;
    case Op::kXnor:
      a_.xor_(host::eax, host::ecx);
      a_.not_(host::eax);
      break;
    case Op::kMin:
      keep_first_if(host::CondCode::kL);
      break;
    case Op::kMax:
      keep_first_if(host::CondCode::kG);
      break;
    case Op::kMinu:
      keep_first_if(host::CondCode::kB);
      break;
    case Op::kMaxu:
      keep_first_if(host::CondCode::kA);
      break;
    case Op::kRol:
      a_.rol(host::eax, host::cl);
      break;
    case Op::kRor:
    case Op::kRori:
      a_.ror(host::eax, host::cl);
      break;
    case Op::kClz:  // 31 minus the index of the leading one; 63 stands for none
      a_.mov(host::ecx, 63);
      a_.bsr(host::eax, host::eax);
      a_.cmovz(host::eax, host::ecx);
      a_.xor_(host::eax, 31);
      break;
    case Op::kCtz:
      a_.mov(host::ecx, 32);
      a_.bsf(host::eax, host::eax);
      a_.cmovz(host::eax, host::ecx);
      break;
    case Op::kCpop:
      count_bits();
      break;
    case Op::kSextB:
      a_.movsx(host::eax, host::al);
      break;
    case Op::kSextH:
      a_.movsx(host::eax, host::ax);
      break;
    case Op::kZextH:
      a_.movzx(host::eax, host::ax);
      break;
    case Op::kOrcB:
      combine_bytes();
      break;
    default:
      a_.bswap(host::eax);  // rev8
      break;
  }
  store(in.rd, host::eax);
}

/// Of eax and ecx, as they compare.
void Emitter::keep_first_if(host::CondCode holds) {
  a_.cmp(host::eax, host::ecx);
  const auto otherwise = static_cast<host::CondCode>(static_cast<unsigned>(holds) ^ 1);
  a_.emit(host::Inst::cmovccFromCond(otherwise), host::eax, host::ecx);
}

/// Adds neighbouring fields of one, two, and four bits, then the four bytes.
void Emitter::count_bits() {
  a_.mov(host::ecx, host::eax);
  a_.shr(host::ecx, 1);
  a_.and_(host::ecx, 0x5555'5555);
  a_.sub(host::eax, host::ecx);
  a_.mov(host::ecx, host::eax);
  a_.shr(host::ecx, 2);
  a_.and_(host::ecx, 0x3333'3333);
  a_.and_(host::eax, 0x3333'3333);
  a_.add(host::eax, host::ecx);
  a_.mov(host::ecx, host::eax);
  a_.shr(host::ecx, 4);
  a_.add(host::eax, host::ecx);
  a_.and_(host::eax, 0x0f0f'0f0f);
  a_.imul(host::eax, host::eax, 0x0101'0101);
  a_.shr(host::eax, 24);
}

/// Bit 7 of each byte that is not zero, then 255 times that bit.
void Emitter::combine_bytes() {
  a_.mov(host::ecx, host::eax);
  a_.and_(host::ecx, 0x7f7f'7f7f);
  a_.add(host::ecx, 0x7f7f'7f7f);
  a_.or_(host::eax, host::ecx);
  a_.shr(host::eax, 7);
  a_.and_(host::eax, 0x0101'0101);
  a_.imul(host::eax, host::eax, 255);
}

}  // namespace cairn::hart::x86
