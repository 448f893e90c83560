// Branches and jumps: to other blocks, and ahead within one.
#include <cstddef>

#include "models/cpu/hart_x86_emitter.hpp"

namespace cairn::hart::x86 {

host::CondCode condition(Op op) {
  switch (op) {
    case Op::kBeq:
      return host::CondCode::kE;
    case Op::kBne:
      return host::CondCode::kNE;
    case Op::kBlt:
      return host::CondCode::kL;
    case Op::kBge:
      return host::CondCode::kGE;
    case Op::kBltu:
      return host::CondCode::kB;
    default:
      return host::CondCode::kAE;
  }
}

void Emitter::compare(const Instruction& branch) {
  const host::Gp a = value(branch.rs1, host::eax);
  if (branch.rs2 == 0)
    a_.cmp(a, 0);
  else if (const auto b = pinned(branch.rs2))
    a_.cmp(a, *b);
  else
    a_.cmp(a, frame_.x(branch.rs2));
}

void Emitter::branch(const Instruction& in, std::size_t index) {
  for (const Skip& each : block_.skips)
    if (each.index == index) return can_select(each) ? begin_select(each) : skip(each);
  for (const SideExit& side : block_.sides)
    if (side.index == index) return side_exit(side);
  const asmjit::Label taken = a_.newLabel();
  compare(in);
  a_.j(condition(in.op), taken);
  go_on(block_.end_pc);
  a_.bind(taken);
  if (const std::int64_t extra = frame_.context().taken_extra; extra != 0)
    a_.sub(kAccount, constant(account(extra, 0)));
  go_on(block_.target);
}

void Emitter::side_exit(const SideExit& side) {
  const Instruction& in = block_.code[side.index];
  const asmjit::Label out = a_.newLabel();
  compare(in);
  a_.j(condition(block_.follows(side.index) ? inverse(in.op) : in.op), out);
  later([=, this, &side] {
    a_.bind(out);
    give_back(side.back);
    go_on(side.target);
  });
}

void Emitter::skip(const Skip& skip) {
  const asmjit::Label taken = a_.newLabel();
  const Instruction& in = block_.code[skip.index];
  compare(in);
  a_.j(condition(in.op), taken);
  later([=, this, &skip] {
    a_.bind(taken);
    give_back(skip.back);
    a_.jmp(joins_[skip.to]);
  });
}

void Emitter::watch_calls(const Instruction& in, std::size_t index) {
  if (!is_call_or_return(in)) return;
  const asmjit::Label observed = a_.newLabel();
  a_.cmp(frame_.observer(), 0);
  a_.jne(observed);
  later([=, this] {
    a_.bind(observed);
    leave(Exit::kInstruction, index);
  });
}

void Emitter::jump(const Instruction& in, std::size_t index) {
  if (index + 1 != block_.code.size()) return;
  watch_calls(in, index);
  set(in.rd, block_.end_pc);
  go_on(block_.target);
}

void Emitter::jump_register(const Instruction& in, std::size_t index) {
  watch_calls(in, index);
  const asmjit::Label miss = a_.newLabel();
  if (in.rs1 == 0)
    a_.mov(host::ecx, in.imm);
  else if (const auto base = pinned(in.rs1))
    a_.lea(host::ecx, host::ptr(base->r64(), in.imm));
  else {
    a_.mov(host::ecx, frame_.x(in.rs1));
    if (in.imm != 0) a_.add(host::ecx, in.imm);
  }
  a_.and_(host::ecx, -2);
  set(in.rd, block_.end_pc);
  static_assert(BlockCache::kJumpEntries == 4096 && sizeof(JumpEntry) == 16);
  a_.mov(host::eax, host::ecx);
  a_.and_(host::eax, 2 * BlockCache::kJumpEntries - 2);
  a_.mov(host::rdx, reinterpret_cast<std::uint64_t>(cache_.jumps().data()));
  a_.lea(host::rdx, host::ptr(host::rdx, host::rax, 3));
  a_.cmp(host::dword_ptr(host::rdx, offsetof(JumpEntry, pc)), host::ecx);
  a_.jne(miss);
  a_.mov(host::rdx, host::qword_ptr(host::rdx, offsetof(JumpEntry, block)));
  a_.jmp(host::qword_ptr(host::rdx, offsetof(Block, host_code)));
  later([=, this] {
    a_.bind(miss);
    a_.jmp(shared_.way_back);
  });
}

void Emitter::go_on(std::uint32_t pc) {
  if (pc == block_.pc) {
    a_.jmp(start_);
    return;
  }
  const asmjit::Label site = a_.newLabel();
  const asmjit::Label stub = a_.newLabel();
  a_.bind(site);
  a_.long_().jmp(stub);
  later([=, this] {
    a_.bind(stub);
    a_.mov(frame_.pc(), pc);
    a_.lea(host::rdx, host::ptr(site));
    a_.mov(host::eax, exit_code(Exit::kLink));
    a_.jmp(shared_.leave);
  });
}

}  // namespace cairn::hart::x86
