// Short skips without a jump, which the host would mispredict where data decide: what lies between
// is executed in any case, and its registers get their old values back if it was to be skipped.
#include <algorithm>

#include "models/cpu/hart_x86_emitter.hpp"

namespace cairn::hart::x86 {
namespace {

/// Instructions that may be executed in vain.
constexpr std::size_t kMaxSelected = 3;
static_assert(kMaxSelected <= kSlots);

bool is_cheap(Op op) {
  return !is_transfer(op) && !is_load(op) && !is_store(op) && !(op >= Op::kDiv && op <= Op::kRemu);
}

host::Mem slot(std::size_t number) {
  return host::dword_ptr(host::rsp, static_cast<std::int32_t>(8 * number));
}

}  // namespace

/// Nothing between may leave the block, and no other skip may end there.
bool Emitter::can_select(const Skip& skip) const {
  const std::size_t first = skip.index + 1u;
  const auto inside = [&](std::size_t index) { return index >= first && index < skip.to; };
  return skip.to - first <= kMaxSelected &&
         std::all_of(block_.code.begin() + static_cast<std::ptrdiff_t>(first),
                     block_.code.begin() + skip.to,
                     [](const Instruction& in) { return is_cheap(in.op); }) &&
         std::ranges::none_of(block_.lines, inside, &LineEntry::index) &&
         std::ranges::none_of(block_.skips, inside, &Skip::to);
}

/// rdx: one if what follows is to be skipped.
void Emitter::begin_select(const Skip& skip) {
  selected_ = &skip;
  a_.xor_(host::edx, host::edx);
  compare(block_.code[skip.index]);
  a_.emit(host::Inst::setccFromCond(condition(block_.code[skip.index].op)), host::dl);
  restored_.clear();
  for (std::size_t i = skip.index + 1u; i < skip.to; ++i) {
    const std::uint8_t rd = block_.code[i].rd;
    if (rd == kDiscard || std::ranges::find(restored_, rd) != restored_.end()) continue;
    a_.mov(slot(restored_.size()), value(rd, host::eax));
    restored_.push_back(rd);
  }
}

void Emitter::end_select() {
  a_.neg(host::rdx);  // and compares it with zero
  for (std::size_t i = 0; i < restored_.size(); ++i) {
    const host::Gp target = value(restored_[i], host::eax);
    a_.cmovnz(target, slot(i));
    store(restored_[i], target);
  }
  const Work& back = selected_->back;
  a_.and_(host::rdx,
          constant(account(back.cycles, -std::int64_t{back.tally.lanes[Tally::kInstructions]})));
  a_.add(kAccount, host::rdx);
  selected_ = nullptr;
}

}  // namespace cairn::hart::x86
