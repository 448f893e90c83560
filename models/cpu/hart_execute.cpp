// The stepwise engine: instructions that stay in direct memory and cannot trap, one at a time.
#include "models/cpu/hart.hpp"
#include "models/cpu/hart_arithmetic.hpp"
#include "models/cpu/hart_bitmanip.hpp"
#include "models/cpu/hart_direct_access.hpp"

namespace cairn::hart {
void Hart::report_jump(const Instruction& in, std::uint32_t target, std::uint64_t cycle) {
  if (is_call_or_return(in)) observer_->called(target, cycle);
}

const Instruction* Hart::execute(const CodeWindow& window, std::uint64_t limit, Extent extent) {
  if (extent == Extent::kOneInstruction) limit = cycle_ + 1;
  const std::uint64_t taken_extra =
      std::uint64_t{costs_.branch_taken} - std::uint64_t{costs_.branch_not_taken};
  std::uint32_t pc = pc_;
  std::uint64_t cycle = cycle_;
  std::uint64_t instret = instret_;
  const Instruction* slow = nullptr;
  while (cycle < limit) {
    const std::uint32_t offset = pc - window.base;
    if (offset >= window.bytes) break;
    const Instruction& in = window.slots[offset / 2];
    if (((pc ^ line_) & line_mask_) != 0) [[unlikely]] {
      if (in.op < Op::kIllegal) break;
      cycle += fetch_line(pc, window.region);
    }
    const std::uint32_t a = x_[in.rs1];
    const std::uint32_t b = x_[in.rs2];
    const auto imm = static_cast<std::uint32_t>(in.imm);
    std::uint32_t& rd = x_[in.rd];
    std::uint32_t next = pc + in.size;
    bool done = true;
    const auto branch_if = [&](bool condition) {
      if (!condition) return;
      next = pc + imm;
      cycle += taken_extra;
    };
    switch (in.op) {
      case Op::kLui:
        rd = imm;
        break;
      case Op::kAuipc:
        rd = pc + imm;
        break;
      case Op::kJal:
        rd = next;
        next = pc + imm;
        if (observer_ != nullptr) [[unlikely]]
          report_jump(in, next, cycle + in.cycles);
        break;
      case Op::kJalr:
        rd = next;
        next = (a + imm) & ~1u;
        if (observer_ != nullptr) [[unlikely]]
          report_jump(in, next, cycle + in.cycles);
        break;

      case Op::kBeq:
        branch_if(a == b);
        break;
      case Op::kBne:
        branch_if(a != b);
        break;
      case Op::kBlt:
        branch_if(as_signed(a) < as_signed(b));
        break;
      case Op::kBge:
        branch_if(as_signed(a) >= as_signed(b));
        break;
      case Op::kBltu:
        branch_if(a < b);
        break;
      case Op::kBgeu:
        branch_if(a >= b);
        break;

      case Op::kLb:
        done = load_direct<std::int8_t>(a + imm, rd, cycle);
        break;
      case Op::kLh:
        done = load_direct<std::int16_t>(a + imm, rd, cycle);
        break;
      case Op::kLw:
        done = load_direct<std::uint32_t>(a + imm, rd, cycle);
        break;
      case Op::kLbu:
        done = load_direct<std::uint8_t>(a + imm, rd, cycle);
        break;
      case Op::kLhu:
        done = load_direct<std::uint16_t>(a + imm, rd, cycle);
        break;
      case Op::kSb:
        done = store_direct<std::uint8_t>(a + imm, b, cycle);
        break;
      case Op::kSh:
        done = store_direct<std::uint16_t>(a + imm, b, cycle);
        break;
      case Op::kSw:
        done = store_direct<std::uint32_t>(a + imm, b, cycle);
        break;

      case Op::kAddi:
        rd = a + imm;
        break;
      case Op::kSlti:
        rd = as_signed(a) < in.imm;
        break;
      case Op::kSltiu:
        rd = a < imm;
        break;
      case Op::kXori:
        rd = a ^ imm;
        break;
      case Op::kOri:
        rd = a | imm;
        break;
      case Op::kAndi:
        rd = a & imm;
        break;
      case Op::kSlli:
        rd = a << imm;
        break;
      case Op::kSrli:
        rd = a >> imm;
        break;
      case Op::kSrai:
        rd = static_cast<std::uint32_t>(as_signed(a) >> imm);
        break;

      case Op::kAdd:
        rd = a + b;
        break;
      case Op::kSub:
        rd = a - b;
        break;
      case Op::kSll:
        rd = a << (b & 31);
        break;
      case Op::kSlt:
        rd = as_signed(a) < as_signed(b);
        break;
      case Op::kSltu:
        rd = a < b;
        break;
      case Op::kXor:
        rd = a ^ b;
        break;
      case Op::kSrl:
        rd = a >> (b & 31);
        break;
      case Op::kSra:
        rd = static_cast<std::uint32_t>(as_signed(a) >> (b & 31));
        break;
      case Op::kOr:
        rd = a | b;
        break;
      case Op::kAnd:
        rd = a & b;
        break;

      case Op::kMul:
        rd = a * b;
        break;
      case Op::kMulh:
        rd = high_signed(a, b);
        break;
      case Op::kMulhsu:
        rd = high_signed_unsigned(a, b);
        break;
      case Op::kMulhu:
        rd = high_unsigned(a, b);
        break;
      case Op::kDiv:
        rd = divide_signed(a, b);
        break;
      case Op::kDivu:
        rd = divide_unsigned(a, b);
        break;
      case Op::kRem:
        rd = remainder_signed(a, b);
        break;
      case Op::kRemu:
        rd = remainder_unsigned(a, b);
        break;

      case Op::kFence:
        break;

      case Op::kSh1add:
      case Op::kSh2add:
      case Op::kSh3add:
      case Op::kAndn:
      case Op::kOrn:
      case Op::kXnor:
      case Op::kMin:
      case Op::kMax:
      case Op::kMinu:
      case Op::kMaxu:
      case Op::kRol:
      case Op::kRor:
      case Op::kClz:
      case Op::kCtz:
      case Op::kCpop:
      case Op::kSextB:
      case Op::kSextH:
      case Op::kZextH:
      case Op::kOrcB:
      case Op::kRev8:
        rd = bitmanip_result(in.op, a, b);
        break;
      case Op::kRori:
        rd = bitmanip_result(in.op, a, imm);
        break;

      default:
        done = false;
        break;
    }
    if (!done) {
      if (in.op >= Op::kIllegal) slow = &in;  // else find_code() decodes it, or stops there
      break;
    }
    pc = next;
    cycle += in.cycles;
    ++instret;
    if (extent == Extent::kPastTransfer && is_transfer(in.op)) break;
  }
  pc_ = pc;
  cycle_ = cycle;
  instret_ = instret;
  return slow;
}

}  // namespace cairn::hart
