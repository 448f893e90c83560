// The block interpreter: one look at the limit a block, one indirect jump an instruction.
#include <algorithm>
#include <iterator>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_arithmetic.hpp"
#include "models/cpu/hart_bitmanip.hpp"
#include "models/cpu/hart_direct_access.hpp"
#include "models/cpu/hart_interpreter_ops.hpp"

// Labels as values, a GNU extension that clang has too: each handler jumps to the next by itself,
// so that the host predicts each of these jumps from its own history.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace cairn::hart {

// A handler each; `s` is its step.
#define CAIRN_NEXT goto*(++s)->handler;
#define CAIRN_OPERAND(op) (has_immediate(Op::op) ? s->imm : x[s->rs2])
#define CAIRN_REGISTER(op)                                          \
  op:                                                               \
  x[s->rd] = register_result(Op::op, x[s->rs1], CAIRN_OPERAND(op)); \
  CAIRN_NEXT
#define CAIRN_BITMANIP(op)                                          \
  op:                                                               \
  x[s->rd] = bitmanip_result(Op::op, x[s->rs1], CAIRN_OPERAND(op)); \
  CAIRN_NEXT
#define CAIRN_PAIR(first, second)                                                             \
  first##_##second : {                                                                        \
    const std::uint32_t result = register_result(Op::first, x[s->rs1], CAIRN_OPERAND(first)); \
    x[s->rd] = result;                                                                        \
    ++s;                                                                                      \
    x[s->rd] = register_result(Op::second, result, CAIRN_OPERAND(second));                    \
  }                                                                                           \
  CAIRN_NEXT
#define CAIRN_BRANCH(op)                                  \
  op:                                                     \
  if (is_taken(Op::op, x[s->rs1], x[s->rs2])) goto taken; \
  goto not_taken;
#define CAIRN_SIDE(op)                                               \
  side_##op : if (is_taken(Op::op, x[s->rs1], x[s->rs2])) goto side; \
  CAIRN_NEXT
#define CAIRN_SKIP(op)                                               \
  skip_##op : if (is_taken(Op::op, x[s->rs1], x[s->rs2])) goto skip; \
  CAIRN_NEXT
#define CAIRN_LOAD(op, T)                                               \
  op : {                                                                \
    const std::uint32_t offset = x[s->rs1] + s->imm - data.base;        \
    if (offset + std::uint64_t{sizeof(T)} > data.bytes) goto elsewhere; \
    x[s->rd] = load_from<T>(data.host + offset);                        \
  }                                                                     \
  CAIRN_NEXT
#define CAIRN_STORE(op, T)                                              \
  op : {                                                                \
    const std::uint32_t offset = x[s->rs1] + s->imm - data.base;        \
    if (offset + std::uint64_t{sizeof(T)} > data.bytes) goto elsewhere; \
    store_to<T>(data.host + offset, x[s->rs2]);                         \
  }                                                                     \
  CAIRN_NEXT

void Hart::interpret(Block* block, BlockCache& cache, BlockRun& run) {
  if (block == nullptr) {  // asked for the handlers
#define CAIRN_ADDRESS(op, ...) &&op,
#define CAIRN_SIDE_ADDRESS(op) &&side_##op,
#define CAIRN_SKIP_ADDRESS(op) &&skip_##op,
#define CAIRN_PAIR_ADDRESS(first, second) &&first##_##second,
#define CAIRN_PAIR_OPS(first, second) {Op::first, Op::second},
    static const void* const kHandlers[] = {CAIRN_FAST_OPS(CAIRN_ADDRESS)};
    static const void* const kSides[] = {CAIRN_BRANCH_OPS(CAIRN_SIDE_ADDRESS)};
    static const void* const kSkips[] = {CAIRN_BRANCH_OPS(CAIRN_SKIP_ADDRESS)};
    static const void* const kPairs[] = {CAIRN_PAIRS(CAIRN_PAIR_ADDRESS)};
    static constexpr std::array<Op, 2> kOrder[] = {CAIRN_PAIRS(CAIRN_PAIR_OPS)};
    static_assert(std::size(kHandlers) == kFastOps && std::ranges::equal(kOrder, kPairOps));
    std::ranges::copy(kHandlers, handlers_.op.begin());
    std::ranges::copy(kSides, handlers_.side.begin());
    std::ranges::copy(kSkips, handlers_.skip.begin());
    std::ranges::copy(kPairs, handlers_.pair.begin());
    static const void* const kOthers[] = {&&line, &&not_taken, &&call, &&call_register};
    const void* const* other = kOthers;
    for (const void** handler :
         {&handlers_.line, &handlers_.end, &handlers_.call, &handlers_.call_register})
      *handler = *other++;
    return;
  }

  std::uint32_t* const x = x_.data();
  const DirectWindow data = cache.data();
  const std::int64_t taken_extra = this->taken_extra();
  std::int64_t left = run.left;
  Tally tally = run.tally;
  const Step* s = nullptr;
  std::uint32_t target = 0;

enter:
  if (block->patience == 0) {
    run.pc = block->pc;
    run.leave = Leave::kUnknown;
    goto out;
  }
  --block->patience;
  if (left < block->need) {
    run.pc = block->pc;
    block = block->shorter.get();
    if (block == nullptr || left < block->need) {
      run.leave = Leave::kBudget;
      goto out;
    }
  }
  left -= block->work.cycles;
  tally += block->work.tally;
  s = block->steps.data();
  goto * s->handler;

  CAIRN_REGISTER(kLui)
  CAIRN_REGISTER_OPS(CAIRN_REGISTER)
  CAIRN_BITMANIP_OPS(CAIRN_BITMANIP)
  CAIRN_PAIRS(CAIRN_PAIR)
  CAIRN_LOAD_OPS(CAIRN_LOAD)
  CAIRN_STORE_OPS(CAIRN_STORE)
  CAIRN_BRANCH_OPS(CAIRN_BRANCH)
  CAIRN_BRANCH_OPS(CAIRN_SIDE)
  CAIRN_BRANCH_OPS(CAIRN_SKIP)

kAuipc:
  x[s->rd] = s->imm;
kFence:
  CAIRN_NEXT

elsewhere:
  run.left = left;
  run.tally = tally;
  if (!access_elsewhere(*block, s->index, run)) return;
  left = run.left;
  tally = run.tally;
  CAIRN_NEXT

line : {
  const LineEntry& entry = block->lines[s->imm];
  if (*entry.tag != entry.line) goto stepwise;
}
  CAIRN_NEXT

side : {
  SideExit& exit = block->sides[s->imm];
  left += exit.back.cycles;
  tally -= exit.back.tally;
  target = exit.target;
  if (exit.next == nullptr) exit.next = cache.find(target);
  block = exit.next;
}
  if (block != nullptr) goto enter;
  goto unknown;

skip : {
  const Skip& ahead = block->skips[s->imm];
  left += ahead.back.cycles;
  tally -= ahead.back.tally;
  s = ahead.step;
}
  goto * s->handler;

call:
  if (observer_ != nullptr) goto stepwise;
kJal:
  x[s->rd] = block->end_pc;
  goto jump;
taken:
  left -= taken_extra;
jump:
  target = block->target;
  if (block->taken == nullptr) block->taken = cache.find(target);
  block = block->taken;
  if (block != nullptr) goto enter;
  goto unknown;
not_taken:
  target = block->end_pc;
  if (block->next == nullptr) block->next = cache.find(target);
  block = block->next;
  if (block != nullptr) goto enter;
  goto unknown;
call_register:
  if (observer_ != nullptr) goto stepwise;
kJalr:
  target = (x[s->rs1] + s->imm) & ~1u;
  x[s->rd] = block->end_pc;
  block = cache.find(target);
  if (block != nullptr) goto enter;

unknown:
  run.pc = target;
  run.leave = Leave::kUnknown;
out:
  run.left = left;
  run.tally = tally;
  return;
stepwise:
  run.left = left;
  run.tally = tally;
  leave_before(*block, s->index, run);
  run.leave = Leave::kInstruction;
}

}  // namespace cairn::hart
