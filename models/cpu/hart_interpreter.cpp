// The block interpreter: one look at the limit a block, one indirect jump an instruction.
#include <algorithm>
#include <iterator>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_arithmetic.hpp"
#include "models/cpu/hart_bitmanip.hpp"
#include "models/cpu/hart_direct_access.hpp"

// Labels as values, a GNU extension that clang has too: each handler jumps to the next by itself,
// so that the host predicts each of these jumps from its own history.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace cairn::hart {

// One line a handler; `s` is the step, `next` ends it. They must stay in this order: Op's.
#define CAIRN_FAST_OPS(X)                                                                         \
  X(kLui)                                                                                         \
  X(kAuipc)                                                                                       \
  X(kJal)                                                                                         \
  X(kJalr)                                                                                        \
  X(kBeq)                                                                                         \
  X(kBne) X(kBlt) X(kBge) X(kBltu) X(kBgeu) X(kLb) X(kLh) X(kLw) X(kLbu) X(kLhu) X(kSb) X(kSh)    \
      X(kSw) X(kAddi) X(kSlti) X(kSltiu) X(kXori) X(kOri) X(kAndi) X(kSlli) X(kSrli) X(kSrai)     \
          X(kAdd) X(kSub) X(kSll) X(kSlt) X(kSltu) X(kXor) X(kSrl) X(kSra) X(kOr) X(kAnd) X(kMul) \
              X(kMulh) X(kMulhsu) X(kMulhu) X(kDiv) X(kDivu) X(kRem) X(kRemu) X(kSh1add)          \
                  X(kSh2add) X(kSh3add) X(kAndn) X(kOrn) X(kXnor) X(kMin) X(kMax) X(kMinu)        \
                      X(kMaxu) X(kRol) X(kRor) X(kRori) X(kClz) X(kCtz) X(kCpop) X(kSextB)        \
                          X(kSextH) X(kZextH) X(kOrcB) X(kRev8) X(kFence)

#define CAIRN_BASE_OPS(X)                                                                        \
  X(kLui)                                                                                        \
  X(kAddi)                                                                                       \
  X(kSlti)                                                                                       \
  X(kSltiu) X(kXori) X(kOri) X(kAndi) X(kSlli) X(kSrli) X(kSrai) X(kAdd) X(kSub) X(kSll) X(kSlt) \
      X(kSltu) X(kXor) X(kSrl) X(kSra) X(kOr) X(kAnd)

// In the order of kPairOps.
#define CAIRN_SECONDS(X, first) \
  X(first, kAddi)               \
  X(first, kSlli) X(first, kSrli) X(first, kAndi) X(first, kAdd) X(first, kXor) X(first, kOr)
#define CAIRN_PAIRS(X)                                                                          \
  CAIRN_SECONDS(X, kAddi)                                                                       \
  CAIRN_SECONDS(X, kSlli)                                                                       \
  CAIRN_SECONDS(X, kSrli) CAIRN_SECONDS(X, kAndi) CAIRN_SECONDS(X, kAdd) CAIRN_SECONDS(X, kXor) \
      CAIRN_SECONDS(X, kLui)

#define CAIRN_NEXT goto*(++s)->handler
#define CAIRN_COMPUTE(op, value)                        \
  op : {                                                \
    [[maybe_unused]] const std::uint32_t a = x[s->rs1]; \
    [[maybe_unused]] const std::uint32_t b = x[s->rs2]; \
    x[s->rd] = (value);                                 \
  }                                                     \
  CAIRN_NEXT
#define CAIRN_RESULT(op, step, a) \
  base_result(Op::op, (a), has_immediate(Op::op) ? (step).imm : x[(step).rs2])
#define CAIRN_BASE(op)                        \
  op:                                         \
  x[s->rd] = CAIRN_RESULT(op, *s, x[s->rs1]); \
  CAIRN_NEXT;
#define CAIRN_PAIR(first, second)                                    \
  first##_##second : {                                               \
    const std::uint32_t result = CAIRN_RESULT(first, *s, x[s->rs1]); \
    x[s->rd] = result;                                               \
    ++s;                                                             \
    x[s->rd] = CAIRN_RESULT(second, *s, result);                     \
  }                                                                  \
  CAIRN_NEXT;
#define CAIRN_BRANCH(op, condition)    \
  op : {                               \
    const std::uint32_t a = x[s->rs1]; \
    const std::uint32_t b = x[s->rs2]; \
    if (condition) goto taken;         \
  }                                    \
  goto not_taken
#define CAIRN_SIDE(op, condition)      \
  op : {                               \
    const std::uint32_t a = x[s->rs1]; \
    const std::uint32_t b = x[s->rs2]; \
    if (condition) goto side;          \
  }                                    \
  CAIRN_NEXT
#define CAIRN_SKIP(op, condition)      \
  op : {                               \
    const std::uint32_t a = x[s->rs1]; \
    const std::uint32_t b = x[s->rs2]; \
    if (condition) goto skip;          \
  }                                    \
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
#define CAIRN_ADDRESS(op) &&op,
    static const void* const kHandlers[] = {CAIRN_FAST_OPS(CAIRN_ADDRESS)};
#undef CAIRN_ADDRESS
    static_assert(std::size(kHandlers) == kFastOps);
    std::copy(std::begin(kHandlers), std::end(kHandlers), handlers_.op.begin());
#define CAIRN_ADDRESS(first, second) &&first##_##second,
#define CAIRN_NAMES(first, second) {Op::first, Op::second},
    static const void* const kPairs[] = {CAIRN_PAIRS(CAIRN_ADDRESS)};
    static constexpr std::array<Op, 2> kNames[] = {CAIRN_PAIRS(CAIRN_NAMES)};
#undef CAIRN_ADDRESS
#undef CAIRN_NAMES
    static_assert(std::ranges::equal(kNames, kPairOps));
    std::copy(std::begin(kPairs), std::end(kPairs), handlers_.pair.begin());
    static const void* const kOthers[] = {&&line, &&not_taken, &&call, &&call_register};
    const void* const* other = kOthers;
    for (const void** handler :
         {&handlers_.line, &handlers_.end, &handlers_.call, &handlers_.call_register})
      *handler = *other++;
    static const void* const kSides[] = {&&side_beq, &&side_bne,  &&side_blt,
                                         &&side_bge, &&side_bltu, &&side_bgeu};
    std::copy(std::begin(kSides), std::end(kSides), handlers_.side.begin());
    static const void* const kSkips[] = {&&skip_beq, &&skip_bne,  &&skip_blt,
                                         &&skip_bge, &&skip_bltu, &&skip_bgeu};
    std::copy(std::begin(kSkips), std::end(kSkips), handlers_.skip.begin());
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

  CAIRN_COMPUTE(kAuipc, s->imm);
  CAIRN_BASE_OPS(CAIRN_BASE)
  CAIRN_PAIRS(CAIRN_PAIR)
  CAIRN_COMPUTE(kMul, a * b);
  CAIRN_COMPUTE(kMulh, high_signed(a, b));
  CAIRN_COMPUTE(kMulhsu, high_signed_unsigned(a, b));
  CAIRN_COMPUTE(kMulhu, high_unsigned(a, b));
  CAIRN_COMPUTE(kDiv, divide_signed(a, b));
  CAIRN_COMPUTE(kDivu, divide_unsigned(a, b));
  CAIRN_COMPUTE(kRem, remainder_signed(a, b));
  CAIRN_COMPUTE(kRemu, remainder_unsigned(a, b));
  CAIRN_COMPUTE(kSh1add, bitmanip_result(Op::kSh1add, a, b));
  CAIRN_COMPUTE(kSh2add, bitmanip_result(Op::kSh2add, a, b));
  CAIRN_COMPUTE(kSh3add, bitmanip_result(Op::kSh3add, a, b));
  CAIRN_COMPUTE(kAndn, bitmanip_result(Op::kAndn, a, b));
  CAIRN_COMPUTE(kOrn, bitmanip_result(Op::kOrn, a, b));
  CAIRN_COMPUTE(kXnor, bitmanip_result(Op::kXnor, a, b));
  CAIRN_COMPUTE(kMin, bitmanip_result(Op::kMin, a, b));
  CAIRN_COMPUTE(kMax, bitmanip_result(Op::kMax, a, b));
  CAIRN_COMPUTE(kMinu, bitmanip_result(Op::kMinu, a, b));
  CAIRN_COMPUTE(kMaxu, bitmanip_result(Op::kMaxu, a, b));
  CAIRN_COMPUTE(kRol, bitmanip_result(Op::kRol, a, b));
  CAIRN_COMPUTE(kRor, bitmanip_result(Op::kRor, a, b));
  CAIRN_COMPUTE(kRori, bitmanip_result(Op::kRori, a, s->imm));
  CAIRN_COMPUTE(kClz, bitmanip_result(Op::kClz, a, b));
  CAIRN_COMPUTE(kCtz, bitmanip_result(Op::kCtz, a, b));
  CAIRN_COMPUTE(kCpop, bitmanip_result(Op::kCpop, a, b));
  CAIRN_COMPUTE(kSextB, bitmanip_result(Op::kSextB, a, b));
  CAIRN_COMPUTE(kSextH, bitmanip_result(Op::kSextH, a, b));
  CAIRN_COMPUTE(kZextH, bitmanip_result(Op::kZextH, a, b));
  CAIRN_COMPUTE(kOrcB, bitmanip_result(Op::kOrcB, a, b));
  CAIRN_COMPUTE(kRev8, bitmanip_result(Op::kRev8, a, b));
kFence:
  CAIRN_NEXT;

  CAIRN_LOAD(kLb, std::int8_t);
  CAIRN_LOAD(kLh, std::int16_t);
  CAIRN_LOAD(kLw, std::uint32_t);
  CAIRN_LOAD(kLbu, std::uint8_t);
  CAIRN_LOAD(kLhu, std::uint16_t);
  CAIRN_STORE(kSb, std::uint8_t);
  CAIRN_STORE(kSh, std::uint16_t);
  CAIRN_STORE(kSw, std::uint32_t);

elsewhere:
  run.left = left;
  run.tally = tally;
  if (!access_elsewhere(*block, s->index, run)) return;
  left = run.left;
  tally = run.tally;
  CAIRN_NEXT;

line : {
  const LineEntry& entry = block->lines[s->imm];
  if (*entry.tag != entry.line) goto stepwise;
}
  CAIRN_NEXT;

  CAIRN_BRANCH(kBeq, a == b);
  CAIRN_BRANCH(kBne, a != b);
  CAIRN_BRANCH(kBlt, as_signed(a) < as_signed(b));
  CAIRN_BRANCH(kBge, as_signed(a) >= as_signed(b));
  CAIRN_BRANCH(kBltu, a < b);
  CAIRN_BRANCH(kBgeu, a >= b);

  CAIRN_SIDE(side_beq, a == b);
  CAIRN_SIDE(side_bne, a != b);
  CAIRN_SIDE(side_blt, as_signed(a) < as_signed(b));
  CAIRN_SIDE(side_bge, as_signed(a) >= as_signed(b));
  CAIRN_SIDE(side_bltu, a < b);
  CAIRN_SIDE(side_bgeu, a >= b);

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

  CAIRN_SKIP(skip_beq, a == b);
  CAIRN_SKIP(skip_bne, a != b);
  CAIRN_SKIP(skip_blt, as_signed(a) < as_signed(b));
  CAIRN_SKIP(skip_bge, as_signed(a) >= as_signed(b));
  CAIRN_SKIP(skip_bltu, a < b);
  CAIRN_SKIP(skip_bgeu, a >= b);

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

#undef CAIRN_FAST_OPS
#undef CAIRN_NEXT
#undef CAIRN_COMPUTE
#undef CAIRN_BASE_OPS
#undef CAIRN_SECONDS
#undef CAIRN_PAIRS
#undef CAIRN_RESULT
#undef CAIRN_BASE
#undef CAIRN_PAIR
#undef CAIRN_BRANCH
#undef CAIRN_SIDE
#undef CAIRN_SKIP
#undef CAIRN_LOAD
#undef CAIRN_STORE

}  // namespace cairn::hart
