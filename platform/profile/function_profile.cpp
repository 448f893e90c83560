#include "platform/profile/function_profile.hpp"

#include <algorithm>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_flow.hpp"

namespace cairn::platform {

namespace {

constexpr std::uint32_t kPageBytes = 4096;
/// Interrupted stacks that nobody came back to, as of handlers that end in a jump: the oldest go.
constexpr std::size_t kMostWaiting = 1000;
constexpr unsigned kSp = 2;
/// Of a stack that no mret comes back to.
constexpr std::uint32_t kNoSp = 1;

}  // namespace

FunctionProfile::FunctionProfile(const SymbolTable& symbols) {
  functions_.push_back({.name = "(sleeping)", .first = 1, .last = 0});
  functions_.push_back({.name = "(unknown)", .first = 1, .last = 0});
  const std::vector<Symbol>& known = symbols.functions();
  for (std::size_t i = 0; i < known.size(); ++i) {
    std::uint32_t last = known[i].address + known[i].bytes - 1;
    if (known[i].bytes == 0)
      last = i + 1 < known.size() ? std::min(known[i + 1].address - 1, known[i].last_code)
                                  : known[i].last_code;
    functions_.push_back({.name = known[i].name, .first = known[i].address, .last = last});
  }
}

std::uint32_t FunctionProfile::function_at(std::uint32_t address) const {
  const auto known = functions_.begin() + kUnknown + 1;
  const auto after =
      std::upper_bound(known, functions_.end(), address,
                       [](std::uint32_t a, const Function& f) { return a < f.first; });
  if (after == known || std::prev(after)->last < address) return kUnknown;
  return static_cast<std::uint32_t>(std::prev(after) - functions_.begin());
}

void FunctionProfile::executed(const hart::Executed& step, const hart::Hart& hart) {
  if (step.cycle > cycle_) sleep(step.cycle - cycle_);
  cycle_ = step.cycle + step.cycles;
  if (step.what == hart::Executed::What::kInterrupted) {
    if (hart.halt()) return charge(step.pc, {step.cycles, 0});
    enter_trap(hart.pc(), hart.x(kSp));
    return charge(hart.pc(), {step.cycles, 0});
  }
  if (stack_.empty()) start(step.pc, hart.x(kSp));
  const bool retired = step.what == hart::Executed::What::kRetired;
  charge(step.pc, {step.cycles, retired ? 1u : 0u});
  last_pc_ = step.pc;
  if (retired)
    follow(step, hart);
  else if (!hart.halt())
    enter_trap(hart.pc(), hart.x(kSp));
}

void FunctionProfile::charge(std::uint32_t pc, const Cost& cost) {
  if ((pc & ~(kPageBytes - 1)) != page_base_) {
    page_base_ = pc & ~(kPageBytes - 1);
    page_ = &pages_[page_base_];
    page_->resize(kPageBytes / 2);
  }
  (*page_)[(pc - page_base_) / 2] += cost;
  stack_.clock += cost;
  total_ += cost;
}

void FunctionProfile::sleep(std::uint64_t cycles) {
  const Cost cost{cycles, 0};
  functions_[kSleeping].self += cost;
  functions_[kSleeping].inclusive += cost;
  ++functions_[kSleeping].calls;
  total_ += cost;
  if (stack_.empty()) return;  // before the first instruction
  Calls& calls = calls_[{last_pc_, kSleeping}];
  ++calls.count;
  calls.inclusive += cost;
  stack_.clock += cost;
}

void FunctionProfile::follow(const hart::Executed& step, const hart::Hart& hart) {
  const std::uint32_t next = hart.pc();
  if (step.in.op == hart::Op::kMret) return leave_trap(next, step, hart.x(kSp));
  switch (hart::flow_of(step.in)) {
    case hart::Flow::kCall:
      return call(next, step, hart.x(kSp));
    case hart::Flow::kReturn:
    case hart::Flow::kReturnCall:
      return come_back(next, step, hart.x(kSp));
    case hart::Flow::kNone:
      break;
  }
  if (next < first_ || next > last_) jump(next, step.pc);
}

void FunctionProfile::start(std::uint32_t target, std::uint32_t sp) {
  push({.function = function_at(target), .sp = sp, .entry = {}});
}

void FunctionProfile::call(std::uint32_t target, const hart::Executed& step, std::uint32_t sp) {
  const std::uint32_t function = function_at(target);
  ++calls_[{step.pc, function}].count;
  push({.function = function,
        .call_site = step.pc,
        .return_to = step.pc + step.in.size,
        .sp = sp,
        .entry = {}});
}

/// A return, out of any number of calls at once, or to another stack: a switch of tasks.
void FunctionProfile::come_back(std::uint32_t target, const hart::Executed& step,
                                std::uint32_t sp) {
  std::size_t left = stack_.returning(target, sp);
  if (left == stack_.size()) {
    const auto other = std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const CallStack& s) {
      return s.returning(target, sp) != s.size();
    });
    if (other != waiting_.rend()) {
      std::swap(stack_, *other);
      other->sp = kNoSp;  // it goes on with a return
      left = stack_.returning(target, sp);
    } else {
      left = stack_.returning(target);
    }
  }
  const bool is_known = left != stack_.size();
  if (is_known) leave_down_to(stack_, left);
  const std::uint32_t function = function_at(target);
  if (!is_known && function != kUnknown && functions_[function].first == target) {
    put_aside(kNoSp);  // the first run of another task
    return start(target, sp);
  }
  note_function();
  if (target < first_ || target > last_) jump(target, step.pc);
}

/// Into another function without a call: a tail call, or back from one of assembler code.
void FunctionProfile::jump(std::uint32_t target, std::uint32_t from) {
  const std::uint32_t function = function_at(target);
  if (function == stack_.top().function) return;
  if (const std::size_t earlier = stack_.jumped_from(function); earlier != stack_.size()) {
    leave_down_to(stack_, earlier + 1);
    return note_function();
  }
  ++calls_[{from, function}].count;
  push({.function = function,
        .call_site = from,
        .return_to = stack_.top().return_to,
        .sp = stack_.top().sp,
        .entry = {}});
}

void FunctionProfile::enter_trap(std::uint32_t handler, std::uint32_t sp) {
  put_aside(sp);
  start(handler, sp);
}

void FunctionProfile::leave_trap(std::uint32_t target, const hart::Executed& step,
                                 std::uint32_t sp) {
  leave_down_to(stack_, 0);
  const auto interrupted = std::find_if(waiting_.rbegin(), waiting_.rend(),
                                        [&](const CallStack& s) { return s.sp == sp; });
  if (interrupted == waiting_.rend()) {
    stack_ = {};
    return start(target, sp);
  }
  stack_ = std::move(*interrupted);
  waiting_.erase(std::next(interrupted).base());
  note_function();
  if (target < first_ || target > last_) jump(target, step.pc);
}

void FunctionProfile::push(const CallFrame& frame) {
  ++functions_[frame.function].calls;
  stack_.push(frame);
  note_function();
}

void FunctionProfile::leave_down_to(CallStack& stack, std::size_t size) {
  while (stack.size() > size) {
    const CallFrame frame = stack.pop();
    const Cost cost = stack.clock - frame.entry;
    if (!stack.empty()) calls_[{frame.call_site, frame.function}].inclusive += cost;
    if (frame.is_outermost) functions_[frame.function].inclusive += cost;
  }
}

void FunctionProfile::put_aside(std::uint32_t sp) {
  if (stack_.empty()) return;
  stack_.sp = sp;
  waiting_.push_back(std::move(stack_));
  stack_ = {};
  if (waiting_.size() <= kMostWaiting) return;
  leave_down_to(waiting_.front(), 0);
  waiting_.erase(waiting_.begin());
}

void FunctionProfile::note_function() {
  const Function& function = functions_[stack_.top().function];
  first_ = function.first;
  last_ = function.last;
}

void FunctionProfile::finish(std::uint64_t cycle) {
  if (cycle > cycle_) sleep(cycle - cycle_);
  leave_down_to(stack_, 0);
  for (CallStack& stack : waiting_)
    leave_down_to(stack, 0);
  for (const auto& [base, page] : pages_)
    for (std::uint32_t i = 0; i < page.size(); ++i)
      if (page[i].cycles != 0) costs_[base + 2 * i] = page[i];
  for (const auto& [pc, cost] : costs_)
    functions_[function_at(pc)].self += cost;
}

}  // namespace cairn::platform
