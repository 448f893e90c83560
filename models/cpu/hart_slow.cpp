// Instructions that may trap, leave direct memory or change the state of the hart.
#include "models/cpu/hart.hpp"

namespace cairn::hart {
namespace {

std::uint32_t extend(Op op, std::uint32_t value) {
  switch (op) {
    case Op::kLb:
      return static_cast<std::uint32_t>(static_cast<std::int8_t>(value));
    case Op::kLh:
      return static_cast<std::uint32_t>(static_cast<std::int16_t>(value));
    case Op::kLbu:
      return value & 0xff;
    case Op::kLhu:
      return value & 0xffff;
    default:
      return value;
  }
}

}  // namespace

void Hart::execute_slow(Instruction in) {
  if (in.op >= Op::kLb && in.op <= Op::kLhu) return load_slow(in);
  if (in.op >= Op::kSb && in.op <= Op::kSw) return store_slow(in);
  if (is_atomic(in.op)) return atomic(in);
  if (is_float(in.op)) return execute_float(in);
  if (in.op >= Op::kCsrrw && in.op <= Op::kCsrrci) return access_csr(in);
  system(in);
}

/// The instruction is over `in.cycles` after `cycle`, when its last access was.
void Hart::retire(const Instruction& in, std::uint64_t cycle) {
  pc_ += in.size;
  cycle_ = cycle + in.cycles;
  ++instret_;
}

void Hart::load_slow(const Instruction& in) {
  Access access{.cycle = cycle_};
  const bool ok = read(x_[in.rs1] + static_cast<std::uint32_t>(in.imm), width_of(in.op), access);
  if (ok) {
    x_[in.rd] = extend(in.op, access.value);
    return retire(in, access.cycle);
  }
  cycle_ = access.cycle + in.cycles;
  exception(Cause::kLoadAccessFault, access.failed_addr);
}

void Hart::store_slow(const Instruction& in) {
  Access access{.cycle = cycle_};
  const std::uint32_t addr = x_[in.rs1] + static_cast<std::uint32_t>(in.imm);
  if (write(addr, width_of(in.op), x_[in.rs2], access)) return retire(in, access.cycle);
  cycle_ = access.cycle + in.cycles;
  exception(Cause::kStoreAccessFault, access.failed_addr);
}

void Hart::system(const Instruction& in) {
  switch (in.op) {
    case Op::kFenceI:
      if (!code_.is_current()) {
        code_.clear();
        forget_blocks();
      }
      instruction_cache_.flush();
      line_ = 1;
      return retire(in, cycle_);
    case Op::kWfi:
      if (csrs_.wait_is_illegal()) break;
      waiting_ = true;
      return retire(in, cycle_);
    case Op::kMret:
      if (csrs_.privilege() != Privilege::kMachine) break;
      retire(in, cycle_);
      change_context([&] { pc_ = csrs_.leave_trap(); });
      traps_.leave();
      reservation_.valid = false;
      if (observer_ != nullptr) observer_->returned(pc_, cycle_);
      return;
    case Op::kEbreak:
      if (semihost(in)) return;
      break;
    default:
      break;
  }
  cycle_ += in.cycles;
  if (in.op == Op::kEcall)
    return exception(csrs_.privilege() == Privilege::kUser ? Cause::kUserCall : Cause::kMachineCall,
                     0);
  if (in.op == Op::kEbreak) return exception(Cause::kBreakpoint, 0);
  exception(Cause::kIllegalInstruction, in.bits);
}

void Hart::access_csr(const Instruction& in) {
  const auto number = static_cast<std::uint32_t>(in.imm);
  const bool immediate = in.op >= Op::kCsrrwi;
  const bool replaces = in.op == Op::kCsrrw || in.op == Op::kCsrrwi;
  const bool sets = in.op == Op::kCsrrs || in.op == Op::kCsrrsi;
  const bool writes = replaces || in.rs1 != 0;
  if (!csrs_.accessible(number, writes)) {
    cycle_ += in.cycles;
    return exception(Cause::kIllegalInstruction, in.bits);
  }
  const std::uint32_t operand = immediate ? in.rs1 : x_[in.rs1];
  std::uint64_t cycle = cycle_;
  std::uint32_t old = 0;
  if (number == csr::kTime || number == csr::kTimeh) {
    const BusAnswer answer = used(bus_.time(cycle_));
    old = static_cast<std::uint32_t>(number == csr::kTime ? answer.value : answer.value >> 32);
    cycle = std::max(cycle, answer.end);
  } else {
    old = csrs_.read(number, totals(number));
  }
  retire(in, cycle);
  if (writes) {
    const std::uint32_t value = replaces ? operand : sets ? old | operand : old & ~operand;
    write_csr(number, value);
    if (number == csr::kMtvec) traps_.clear();  // a new start
  }
  x_[in.rd] = old;
}

}  // namespace cairn::hart
