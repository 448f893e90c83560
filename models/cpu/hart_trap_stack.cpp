#include "models/cpu/hart_trap_stack.hpp"

#include "models/cpu/hart_traps.hpp"

namespace cairn::hart {

bool TrapStack::enter(const TrapFrame& frame) {
  if (++depth_ <= kDepth) frames_.push_back(frame);
  const bool is_exception = (frame.mcause & kInterruptFlag) == 0;
  const bool is_repeated =
      is_exception && repeats_ != 0 && frame.pc == last_pc_ && frame.mcause == last_mcause_;
  repeats_ = is_repeated ? repeats_ + 1 : 1;
  last_pc_ = frame.pc;
  last_mcause_ = frame.mcause;
  return repeats_ < kEndless;
}

void TrapStack::leave() {
  repeats_ = 0;
  if (depth_ == 0) return;
  if (depth_-- <= kDepth) frames_.pop_back();
}

void TrapStack::clear() {
  frames_.clear();
  depth_ = 0;
  repeats_ = 0;
}

}  // namespace cairn::hart
