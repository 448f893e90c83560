#include "platform/run/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "models/cpu/hart_traps.hpp"

namespace cairn::platform {

namespace {

using hart::Cause;
using hart::TrapFrame;

constexpr unsigned kSp = 2;

bool is_exception(const TrapFrame& frame) {
  return (frame.mcause & hart::kInterruptFlag) == 0;
}

/// The first exception that is still being handled: what came after it are consequences. `outer`
/// gets the interrupts that it happened in.
std::optional<TrapFrame> fault_of(const CpuState& cpu, std::span<const TrapFrame>& outer) {
  const auto first = std::ranges::find_if(cpu.traps, is_exception);
  outer = {cpu.traps.begin(), first};
  return first != cpu.traps.end() ? *first : cpu.fatal;
}

std::string where_is(std::uint32_t address, const std::vector<AddressRange>& map) {
  for (const AddressRange& range : map)
    if (address >= range.base && address < range.end())
      return fmt::format("{:#010x}, which is {}+{:#x}", address, range.name, address - range.base);
  return fmt::format("{:#010x}, where nothing is", address);
}

std::string detail_of(const TrapFrame& fault, bool is_in_function,
                      const std::vector<AddressRange>& map) {
  switch (static_cast<Cause>(fault.mcause)) {
    case Cause::kFetchAccessFault:
      return ": the program jumped to " + where_is(fault.mtval, map);
    case Cause::kLoadAccessFault:
    case Cause::kLoadMisaligned:
      return ": it read " + where_is(fault.mtval, map);
    case Cause::kStoreAccessFault:
    case Cause::kStoreMisaligned:
      return ": it wrote " + where_is(fault.mtval, map);
    case Cause::kIllegalInstruction:
      return fmt::format(
          ": {}{:#010x}",
          is_in_function ? std::string()
                         : "the program jumped to " + where_is(fault.pc, map) + ", where it found ",
          fault.mtval);
    default:
      return {};
  }
}

/// The bounds are those of firmware/boot/link.ld. Without them the stack has overflowed when it has
/// left a memory at its start.
bool is_stack_overflow(const TrapFrame& fault, const ElfFile& program,
                       const std::vector<AddressRange>& map) {
  const auto cause = static_cast<Cause>(fault.mcause);
  if (cause != Cause::kLoadAccessFault && cause != Cause::kStoreAccessFault) return false;
  const std::uint32_t sp = fault.x[kSp];
  constexpr std::uint32_t kNear = 1 << 16, kFarthest = 1 << 20;
  if (fault.mtval - sp + kNear > 2 * kNear) return false;
  if (const Label* const bottom = program.find_label("__stack_bottom")) return sp < bottom->address;
  return std::ranges::any_of(map, [&](const AddressRange& range) {
    return range.is_memory && sp < range.base && range.base - sp <= kFarthest;
  });
}

class Diagnosis {
 public:
  Diagnosis(const Outcome& outcome, const ElfFile& program, const std::vector<AddressRange>& map)
      : outcome_(outcome), program_(program), map_(map) {}

  void explain(Failure& failure) const {
    const std::string where = place_of(failure);
    const std::string fault = failure.fault ? fault_text(failure, where) : std::string();
    // A hart that sleeps or stands still in the handler of an exception has not got over it.
    const bool is_fault_the_end =
        failure.fault && (outcome_.end == End::kHalted || outcome_.end == End::kDeadlock);
    if (is_fault_the_end) {
      failure.reason =
          is_stack_overflow(*failure.fault, program_, map_) ? "stack overflow" : "trap";
      failure.sentence = fault + handler_text();
      return;
    }
    failure.reason = outcome_.end == End::kDeadlock  ? "deadlock"
                     : outcome_.end == End::kTimeout ? "timeout"
                                                     : "interrupted";
    failure.sentence = fmt::format("cpu0 {} in {}", outcome_.cpu.is_sleeping ? "sleeps" : "is",
                                   failure.fault ? "the handler of a " + fault : where);
  }

 private:
  static std::string place_of(const Failure& failure) {
    const BacktraceFrame* const frame = failure.known_frame();
    if (frame == nullptr)
      return fmt::format("no known function (pc {:#010x})", failure.registers.pc);
    return frame->source.empty() ? frame->function
                                 : fmt::format("{} ({})", frame->function, frame->source);
  }

  std::string fault_text(const Failure& failure, const std::string& where) const {
    const TrapFrame& fault = *failure.fault;
    if (is_stack_overflow(fault, program_, map_))
      return fmt::format("stack overflow in {}: the stack pointer has come to {:#010x}", where,
                         fault.x[kSp]);
    return fmt::format("{} in {}{}", hart::cause_name(fault.mcause), where,
                       detail_of(fault, !failure.backtrace.front().function.empty(), map_));
  }

  std::string handler_text() const {
    const CpuState& cpu = outcome_.cpu;
    if (cpu.fatal && cpu.traps.empty()) return ", and no trap handler is set";
    if (cpu.fatal)
      return fmt::format(", and its trap handler fails too: {} at pc {:#010x}",
                         hart::cause_name(cpu.fatal->mcause), cpu.fatal->pc);
    if (cpu.is_sleeping && !cpu.can_wake) return "; the trap handler has parked the hart";
    return "; the trap handler waits for ever";
  }

  const Outcome& outcome_;
  const ElfFile& program_;
  const std::vector<AddressRange>& map_;
};

}  // namespace

const BacktraceFrame* Failure::known_frame() const {
  const auto found = std::ranges::find_if(
      backtrace, [](const BacktraceFrame& frame) { return !frame.function.empty(); });
  return found == backtrace.end() ? nullptr : &*found;
}

std::optional<Failure> find_failure(const Outcome& outcome, const ElfFile& program,
                                    const DebugInfo& debug, const std::vector<AddressRange>& map,
                                    const Machine& machine) {
  if (outcome.end == End::kFinisher) return std::nullopt;
  Failure out;
  std::span<const TrapFrame> outer;
  out.fault = fault_of(outcome.cpu, outer);
  out.registers = {.pc = outcome.cpu.pc, .x = outcome.cpu.x};
  if (out.fault) out.registers = {.pc = out.fault->pc, .x = out.fault->x};
  const WordReader word_at = [&](std::uint32_t address) -> std::optional<std::uint32_t> {
    std::uint32_t word = 0;
    if (memory_with(map, address, 4) == nullptr ||
        !machine.peek(address, {reinterpret_cast<std::uint8_t*>(&word), sizeof word}))
      return std::nullopt;
    return word;
  };
  out.backtrace = Backtracer(program.symbols, debug, word_at).trace(out.registers, outer);
  Diagnosis(outcome, program, map).explain(out);
  return out;
}

}  // namespace cairn::platform
