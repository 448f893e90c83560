#include "models/cpu/hart_x86_emitter.hpp"

#include <algorithm>

namespace cairn::hart::x86 {
namespace {

bool has_accesses(const Tally& tally, unsigned first) {
  return (tally.lanes[first] | tally.lanes[first + 1] | tally.lanes[first + 2]) != 0;
}

}  // namespace

void Emitter::emit() {
  entry();
  for (const Skip& skip : block_.skips)
    if (!joins_[skip.to].isValid()) joins_[skip.to] = a_.newLabel();
  auto next_line = block_.lines.begin();
  for (std::size_t index = 0; index < block_.code.size(); ++index) {
    if (selected_ != nullptr && selected_->to == index) end_select();
    if (joins_[index].isValid()) a_.bind(joins_[index]);
    if (next_line != block_.lines.end() && next_line->index == index) line(*next_line++);
    instruction(index);
  }
  if (!is_transfer(block_.last().op)) go_on(block_.end_pc);
  for (std::size_t i = 0; i < stubs_.size(); ++i) {
    const Stub stub = stubs_[i];  // it may add others
    stub();
  }
  emit_constants();
}

/// Pays for the whole block and counts it.
void Emitter::entry() {
  const Tally& tally = block_.work.tally;
  const std::int64_t need = std::min(block_.need, kMaxRunCycles + 1);  // too dear in any case
  const host::Mem price = constant(account(-need, tally.lanes[Tally::kInstructions]));
  const asmjit::Label too_dear = a_.newLabel();
  start_ = a_.newLabel();
  a_.bind(start_);
  a_.add(kAccount, price);
  a_.js(too_dear);
  const std::int64_t reserve = block_.need - block_.work.cycles;
  if (reserve != 0) a_.add(kAccount, constant(account(reserve, 0)));
  if (has_accesses(tally, Tally::kReads)) a_.paddd(kTallyLow, constant(tally));
  if (has_accesses(tally, Tally::kWrites)) a_.paddd(kTallyHigh, constant(tally).cloneAdjusted(16));
  later([=, this] {
    a_.bind(too_dear);
    a_.sub(kAccount, price);
    if (block_.shorter != nullptr)
      return static_cast<void>(a_.jmp(reinterpret_cast<std::uint64_t>(block_.shorter->host_code)));
    a_.mov(frame_.pc(), block_.pc);
    leave(Exit::kBudget);
  });
}

void Emitter::give_back(const Work& back) {
  a_.add(kAccount,
         constant(account(back.cycles, -std::int64_t{back.tally.lanes[Tally::kInstructions]})));
  if (has_accesses(back.tally, Tally::kReads)) a_.psubd(kTallyLow, constant(back.tally));
  if (has_accesses(back.tally, Tally::kWrites))
    a_.psubd(kTallyHigh, constant(back.tally).cloneAdjusted(16));
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
  pc_ = block_.pcs[index];
  if (is_load(in.op) || is_store(in.op)) return access(in, index);
  if (is_branch(in.op)) return branch(in, index);
  if (in.op == Op::kJal) return jump(in, index);
  if (in.op == Op::kJalr) return jump_register(in, index);
  compute(in);
}

host::Mem Emitter::constant(std::uint64_t value) {
  auto found = std::ranges::find(words_, value, &decltype(words_)::value_type::first);
  if (found == words_.end()) found = words_.insert(found, {value, a_.newLabel()});
  return host::qword_ptr(found->second);
}

/// 32 bytes; the instructions are in kAccount.
host::Mem Emitter::constant(const Tally& tally) {
  Tally accesses = tally;
  accesses.lanes[Tally::kInstructions] = 0;
  auto found = std::ranges::find(tallies_, accesses, &decltype(tallies_)::value_type::first);
  if (found == tallies_.end()) found = tallies_.insert(found, {accesses, a_.newLabel()});
  return host::xmmword_ptr(found->second);
}

void Emitter::emit_constants() {
  a_.align(asmjit::AlignMode::kData, 16);
  for (const auto& [tally, label] : tallies_) {
    a_.bind(label);
    a_.embed(&tally, sizeof tally);
  }
  for (const auto& [word, label] : words_) {
    a_.bind(label);
    a_.embed(&word, sizeof word);
  }
}

void Emitter::leave(Exit exit, std::size_t index) {
  if (exit == Exit::kInstruction) a_.mov(host::rdx, reinterpret_cast<std::uint64_t>(&block_));
  a_.mov(host::eax, exit_code(exit, index));
  a_.jmp(shared_.leave);
}

}  // namespace cairn::hart::x86
