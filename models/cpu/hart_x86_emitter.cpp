#include "models/cpu/hart_x86_emitter.hpp"

#include <cstddef>

namespace cairn::hart::x86 {
namespace {

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

bool has_stores(const Work& work) {
  const auto& lanes = work.tally.lanes;
  return (lanes[Tally::kWrites] | lanes[Tally::kWrites + 1] | lanes[Tally::kWrites + 2]) != 0;
}

}  // namespace

void Emitter::emit() {
  entry();
  pc_ = block_.pc;
  auto next_line = block_.lines.begin();
  for (std::size_t index = 0; index < block_.code.size(); ++index) {
    if (next_line != block_.lines.end() && next_line->index == index) line(*next_line++);
    instruction(index);
    pc_ += block_.code[index].size;
  }
  if (!is_transfer(block_.last().op)) go_on(block_.end_pc);
  for (std::size_t i = 0; i < stubs_.size(); ++i) {
    const Stub stub = stubs_[i];  // it may add others
    stub();
  }
}

/// Pays for the whole block and counts it.
void Emitter::entry() {
  const asmjit::Label too_dear = a_.newLabel();
  const asmjit::Label tally = a_.newLabel();
  start_ = a_.newLabel();
  a_.bind(start_);
  a_.sub(kLeft, block_.work.cycles);
  a_.js(too_dear);
  a_.paddd(kTallyLow, host::xmmword_ptr(tally));
  if (has_stores(block_.work)) a_.paddd(kTallyHigh, host::xmmword_ptr(tally, 16));
  later([=, this] {
    a_.bind(too_dear);
    a_.add(kLeft, block_.work.cycles);
    a_.mov(frame_.pc(), block_.pc);
    leave(Exit::kBudget);
    a_.align(asmjit::AlignMode::kData, 16);
    a_.bind(tally);
    a_.embed(&block_.work.tally, sizeof(Tally));
  });
}

/// A line that is not the newest of its set in the instruction cache costs or changes something.
void Emitter::line(const LineEntry& entry) {
  const asmjit::Label other = a_.newLabel();
  if (frame_.reaches(entry.tag)) {
    a_.cmp(frame_.at(entry.tag, 4), entry.line);
  } else {
    a_.mov(host::rax, reinterpret_cast<std::uint64_t>(entry.tag));
    a_.cmp(host::dword_ptr(host::rax), entry.line);
  }
  a_.jne(other);
  later([=, this] {
    a_.bind(other);
    leave(Exit::kInstruction, entry.index);
  });
}

void Emitter::instruction(std::size_t index) {
  const Instruction& in = block_.code[index];
  if (is_load(in.op) || is_store(in.op)) return access(in, index);
  if (is_branch(in.op)) return branch(in, index);
  if (in.op == Op::kJal) return jump(in, index);
  if (in.op == Op::kJalr) return jump_register(in, index);
  compute(in);
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
  compare(in);
  const asmjit::Label taken = a_.newLabel();
  a_.j(condition(in.op), taken);
  const auto extra = static_cast<std::int32_t>(frame_.context().taken_extra);
  for (const SideExit& side : block_.sides)
    if (side.index == index) return later([=, this, &side] { leave_aside(side, taken, extra); });
  go_on(block_.end_pc);
  a_.bind(taken);
  if (extra != 0) a_.sub(kLeft, extra);
  go_on(block_.target);
}

/// Gives back what lies behind a branch that is taken.
void Emitter::leave_aside(const SideExit& side, asmjit::Label taken, std::int32_t extra) {
  const asmjit::Label rest = a_.newLabel();
  a_.bind(taken);
  a_.add(kLeft, static_cast<std::int32_t>(side.rest.cycles) - extra);
  a_.psubd(kTallyLow, host::xmmword_ptr(rest));
  if (has_stores(side.rest)) a_.psubd(kTallyHigh, host::xmmword_ptr(rest, 16));
  go_on(side.target);
  a_.align(asmjit::AlignMode::kData, 16);
  a_.bind(rest);
  a_.embed(&side.rest.tally, sizeof(Tally));
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

void Emitter::leave(Exit exit, std::size_t index) {
  if (exit == Exit::kInstruction) a_.mov(host::rdx, reinterpret_cast<std::uint64_t>(&block_));
  a_.mov(host::eax, exit_code(exit, index));
  a_.jmp(shared_.leave);
}

}  // namespace cairn::hart::x86
