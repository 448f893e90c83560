// Instruction by instruction, for observers that want to hear of each.
#include "models/cpu/hart.hpp"
#include "models/cpu/hart_arithmetic.hpp"

namespace cairn::hart {
namespace {

std::uint32_t low_bytes(std::uint32_t value, unsigned bytes) {
  return bytes == 4 ? value : value & ((1u << (8 * bytes)) - 1);
}

}  // namespace

Executed Hart::about_to_execute(const Instruction& in, std::uint64_t cycle) const {
  Executed step{.pc = pc_, .in = in, .cycle = cycle};
  step.privilege = static_cast<std::uint8_t>(csrs_.privilege());
  step.loads = is_load(in.op) || in.op == Op::kFlw || (is_atomic(in.op) && in.op != Op::kScW);
  step.stores = is_store(in.op) || in.op == Op::kFsw || (is_atomic(in.op) && in.op != Op::kLrW);
  if (!step.loads && !step.stores) return step;
  step.bytes = static_cast<std::uint8_t>(width_of(in.op));
  step.address = x_[in.rs1] + (is_atomic(in.op) ? 0 : static_cast<std::uint32_t>(in.imm));
  if (step.stores) step.stored = low_bytes(in.op == Op::kFsw ? f(in.rs2) : x_[in.rs2], step.bytes);
  return step;
}

void Hart::report_executed(Executed step, std::uint64_t instret_before) {
  step.cycles = cycle_ - step.cycle;
  if (step.cycles == 0) return;  // not even started
  if (step.what == Executed::What::kRetired && instret_ == instret_before)
    step.what = Executed::What::kTrapped;
  if (step.in.op == Op::kScW)
    step.stores = x_[step.in.rd] == 0;
  else if (step.loads && step.stores)
    step.stored = atomic_result(step.in.op, x_[step.in.rd], step.stored);
  observer_->executed(step, *this);
}

}  // namespace cairn::hart
