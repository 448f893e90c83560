#include "platform/debug/backtrace.hpp"

#include "models/cpu/hart_traps.hpp"

namespace cairn::platform {

namespace {

using Kind = BacktraceFrame::Kind;
constexpr unsigned kRa = 1, kSp = 2;

Registers registers_of(const hart::TrapFrame& frame) {
  return {.pc = frame.pc, .x = frame.x};
}

}  // namespace

std::vector<BacktraceFrame> Backtracer::trace(const Registers& start,
                                              std::span<const hart::TrapFrame> traps) const {
  std::vector<BacktraceFrame> out;
  unwind(out, start, Kind::kExact, traps.empty());
  while (!traps.empty()) {
    const hart::TrapFrame& trap = traps.back();
    traps = traps.first(traps.size() - 1);
    const std::size_t first = out.size();
    unwind(out, registers_of(trap), Kind::kInterrupted, traps.empty());
    out[first].trap = hart::cause_name(trap.mcause);
  }
  return out;
}

/// What a trap handler's stack holds above the handler belongs to what it interrupted: only the
/// outermost code may be guessed at.
void Backtracer::unwind(std::vector<BacktraceFrame>& out, Registers at, Kind kind,
                        bool may_guess) const {
  add(out, at, false, kind);
  for (bool has_called = false; out.size() < kMostFrames; has_called = true) {
    if (!find_caller(at, has_called, kind)) break;
    if (kind == Kind::kGuessed && !may_guess) break;
    add(out, at, true, kind);
  }
}

void Backtracer::add(std::vector<BacktraceFrame>& out, const Registers& at, bool has_called,
                     Kind kind) const {
  const std::uint32_t inside = at.pc - (has_called ? 1 : 0);  // a call may be a function's last
  out.push_back({.kind = kind,
                 .pc = at.pc,
                 .function = std::string(symbols_.function_at(inside)),
                 .place = {},
                 .source = describe(debug_.line_at(inside)),
                 .trap = {}});
  BacktraceFrame& frame = out.back();
  if (frame.function.empty()) return;
  const bool holds_pc = symbols_.function_at(at.pc) == frame.function;
  frame.place = symbols_.describe(holds_pc ? at.pc : inside);
}

/// Moves `at` one frame up. False where the stack ends.
bool Backtracer::find_caller(Registers& at, bool has_called, Kind& kind) const {
  kind = Kind::kExact;
  const std::uint32_t old_sp = at.x[kSp];
  const std::uint32_t old_pc = at.pc;
  if (const auto caller = debug_.caller_of(at, has_called ? at.pc - 1 : at.pc, word_at_)) {
    if (caller->pc == 0) return false;  // nobody called it
    at = *caller;
    const bool is_higher = at.x[kSp] > old_sp || (at.x[kSp] == old_sp && !has_called);
    if (is_higher && !symbols_.function_at(at.pc - 1).empty()) return true;
    if (!is_higher) at.x[kSp] = old_sp;
  } else if (!has_called && follows_call(at.x[kRa]) && at.x[kRa] != old_pc) {
    at.pc = at.x[kRa];  // a jump into nowhere, or assembler code: ra is likely untouched
    return true;
  }
  kind = Kind::kGuessed;
  return scan(at);
}

/// Looks for a return address between sp and the end of the stack, or of the memory. It was saved
/// at the top of its frame, as the calling convention has it.
bool Backtracer::scan(Registers& at) const {
  std::uint32_t address = at.x[kSp] & ~3u;
  for (unsigned i = 0; i < kScannedWords; ++i, address += 4) {
    const auto word = word_at_(address);
    if (!word) return false;
    if (!follows_call(*word)) continue;
    at.pc = *word;
    at.x[kSp] = address + 4;
    return true;
  }
  return false;
}

/// True if a function has a jump that links to ra before this address.
bool Backtracer::follows_call(std::uint32_t address) const {
  if (address % 2 != 0 || symbols_.function_at(address - 1).empty()) return false;
  const auto before = word_at_(address - 4);
  if (!before) return false;
  constexpr std::uint32_t kOpcodeAndRd = 0xfff, kJalRa = 0x0ef, kJalrRa = 0x0e7;
  if ((*before & kOpcodeAndRd) == kJalRa || (*before & kOpcodeAndRd) == kJalrRa) return true;
  const std::uint32_t half = *before >> 16;
  const bool c_jal = (half & 0xe003) == 0x2001;
  const bool c_jalr = (half & 0xf07f) == 0x9002 && (half & 0x0f80) != 0;
  return c_jal || c_jalr;
}

}  // namespace cairn::platform
