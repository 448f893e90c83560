// Loads and stores: inside the data window at once, elsewhere through the hart.
#include "models/cpu/hart_x86_emitter.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define CAIRN_CHECKED_ACCESSES true
#else
#define CAIRN_CHECKED_ACCESSES false
#endif

namespace cairn::hart::x86 {
namespace {

/// Where the sanitizer watches memory, every access goes through code that it has instrumented.
constexpr bool kCheckedAccesses = CAIRN_CHECKED_ACCESSES;

}  // namespace

void Emitter::access(const Instruction& in, std::size_t index) {
  const DirectWindow& data = cache_.data();
  const std::uint32_t bytes = width_of(in.op);
  const asmjit::Label elsewhere = a_.newLabel();
  const asmjit::Label end = a_.newLabel();
  later([=, this] {
    a_.bind(elsewhere);
    a_.mov(host::rdx, reinterpret_cast<std::uint64_t>(&block_));
    a_.mov(host::eax, static_cast<std::uint32_t>(index));
    a_.call(shared_.elsewhere);
    a_.jmp(end);
  });
  if (kCheckedAccesses || data.bytes < bytes) {
    a_.jmp(elsewhere);
  } else {
    // rcx: offset in the window; what lies below it wraps to the top.
    const auto offset = static_cast<std::int32_t>(static_cast<std::uint32_t>(in.imm) - data.base);
    if (in.rs1 == 0)
      a_.mov(host::ecx, offset);
    else
      a_.lea(host::ecx, host::ptr(value(in.rs1, host::ecx).r64(), offset));
    a_.cmp(host::ecx, static_cast<std::uint32_t>(data.bytes - bytes));
    a_.ja(elsewhere);
    move(in, host::ptr(kData, host::rcx, 0, 0, bytes));
  }
  a_.bind(end);
}

void Emitter::move(const Instruction& in, host::Mem memory) {
  if (is_store(in.op)) {
    const host::Gp source = value(in.rs2, host::eax);
    a_.mov(memory, in.op == Op::kSb   ? host::Gp(source.r8())
                   : in.op == Op::kSh ? host::Gp(source.r16())
                                      : source);
    return;
  }
  const host::Gp target = pinned(in.rd).value_or(host::eax);
  switch (in.op) {
    case Op::kLw:
      a_.mov(target, memory);
      break;
    case Op::kLb:
    case Op::kLh:
      a_.movsx(target, memory);
      break;
    default:
      a_.movzx(target, memory);
      break;
  }
  store(in.rd, target);
}

}  // namespace cairn::hart::x86
