// The way into translated code and out of it.
#include "models/cpu/hart_x86.hpp"

namespace cairn::hart::x86 {
namespace {

const std::array kSaved{host::rbx, host::rbp, host::r12, host::r13, host::r14, host::r15};

/// Slots, and what aligns the stack behind the registers saved and the return address.
constexpr unsigned kStack = (8 * kSlots + 15) / 16 * 16 + 8;

/// Called by translated code, with all guest state in memory.
bool access_elsewhere(BlockExits* exits, const Block* block, unsigned index, BlockRun* run) {
  return exits->access_elsewhere(*block, index, *run);
}

void load_state(host::Assembler& a, const Frame& frame) {
  for (const Pinned& entry : kPinned)
    a.mov(entry.host, frame.x(entry.guest));
  a.mov(kAccount, frame.left());
  a.shl(kAccount, 32);
  a.mov(host::ecx, frame.retired());
  a.or_(kAccount, host::rcx);
  a.movups(kTallyLow, frame.tally_low());
  a.movups(kTallyHigh, frame.tally_high());
}

/// Leaves rax, rcx and rdx alone; kAccount is spent.
void save_state(host::Assembler& a, const Frame& frame) {
  for (const Pinned& entry : kPinned)
    a.mov(frame.x(entry.guest), entry.host);
  a.movups(frame.tally_low(), kTallyLow);
  a.movups(frame.tally_high(), kTallyHigh);
  a.mov(frame.retired(), kAccount.r32());
  a.sar(kAccount, 32);
  a.mov(frame.left(), kAccount);
}

}  // namespace

void emit_shared_code(host::Assembler& a, const Frame& frame, SharedCode& code,
                      std::uint64_t base) {
  const auto here = [&] { return base + a.offset(); };

  code.enter = reinterpret_cast<SharedCode::Enter>(here());
  for (const host::Gp& saved : kSaved)
    a.push(saved);
  a.sub(host::rsp, kStack);  // a multiple of 16 from here on
  a.mov(kRegisters, host::rdi);
  a.mov(kData, host::rdx);
  a.mov(host::rax, host::rsi);
  load_state(a, frame);
  a.jmp(host::rax);

  code.leave = here();
  save_state(a, frame);
  const asmjit::Label back = a.newLabel();
  a.bind(back);
  a.add(host::rsp, kStack);
  for (auto saved = kSaved.rbegin(); saved != kSaved.rend(); ++saved)
    a.pop(*saved);
  a.ret();

  code.elsewhere = here();
  const asmjit::Label ended = a.newLabel();
  save_state(a, frame);
  a.mov(host::rdi, reinterpret_cast<std::uint64_t>(frame.context().exits));
  a.mov(host::rsi, host::rdx);
  a.mov(host::edx, host::eax);
  a.mov(host::rcx, reinterpret_cast<std::uint64_t>(frame.context().run));
  a.mov(host::rax, reinterpret_cast<std::uint64_t>(&access_elsewhere));
  a.sub(host::rsp, 8);
  a.call(host::rax);
  a.add(host::rsp, 8);
  a.test(host::al, host::al);
  a.jz(ended);
  load_state(a, frame);
  a.ret();
  a.bind(ended);
  a.add(host::rsp, 8);  // the return address
  a.mov(host::eax, exit_code(Exit::kDone));
  a.jmp(back);

  code.way_back = here();
  a.mov(frame.pc(), host::ecx);
  a.mov(host::eax, exit_code(Exit::kIndirect));
  a.jmp(code.leave);
}

}  // namespace cairn::hart::x86
