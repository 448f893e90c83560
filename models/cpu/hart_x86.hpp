// Where a guest's state lives while translated code runs on x86-64, and how that code comes back.
#pragma once

#include <asmjit/x86.h>

#include <array>
#include <cstdint>
#include <optional>

#include "models/cpu/hart_translator.hpp"

namespace cairn::hart::x86 {

namespace host = asmjit::x86;

/// Guest registers that stay in host registers: sp and those that compressed code can name.
struct Pinned {
  unsigned guest;
  host::Gp host;
};
inline const std::array<Pinned, 9> kPinned{{{2, host::ebp},
                                            {8, host::r12d},
                                            {9, host::r13d},
                                            {10, host::esi},
                                            {11, host::edi},
                                            {12, host::r8d},
                                            {13, host::r9d},
                                            {14, host::r10d},
                                            {15, host::r11d}}};

inline std::optional<host::Gp> pinned(unsigned guest) {
  for (const Pinned& entry : kPinned)
    if (entry.guest == guest) return entry.host;
  return std::nullopt;
}

// rax, rcx and rdx are free within an instruction, but rdx while a skip is selected.
inline const host::Gp kRegisters = host::rbx;  ///< the guest's x0, in memory
inline const host::Gp kData = host::r14;       ///< host address of the data window
inline const host::Gp kAccount = host::r15;    ///< see account()
/// All lanes of BlockRun::tally but kInstructions.
inline const host::Xmm kTallyLow = host::xmm14, kTallyHigh = host::xmm15;

/// A change of BlockRun::left, in the upper half of kAccount, and of the instructions retired, in
/// the lower half, which never goes below zero: its sign is that of the cycles left.
constexpr std::uint64_t account(std::int64_t cycles, std::int64_t instructions) {
  return (static_cast<std::uint64_t>(cycles) << 32) + static_cast<std::uint64_t>(instructions);
}

/// Words on the stack for the registers that a selected skip may have to restore.
inline constexpr unsigned kSlots = 3;

/// Parts of the hart as memory operands, relative to its registers.
class Frame {
 public:
  explicit Frame(const TranslatorContext& context) : context_(context) {}

  /// Anything near the registers: parts of the hart always, what it owns as a rule.
  bool reaches(const void* address) const {
    return offset_of(address) == static_cast<std::int32_t>(offset_of(address));
  }
  host::Mem at(const void* address, std::uint32_t bytes) const {
    host::Mem operand(kRegisters, static_cast<std::int32_t>(offset_of(address)));
    operand.setSize(bytes);
    return operand;
  }
  host::Mem x(unsigned index) const { return at(&context_.x[index], 4); }
  host::Mem left() const { return at(&context_.run->left, 8); }
  host::Mem retired() const { return at(&context_.run->tally.lanes[Tally::kInstructions], 4); }
  host::Mem tally_low() const { return at(&context_.run->tally.lanes[0], 16); }
  host::Mem tally_high() const { return at(&context_.run->tally.lanes[4], 16); }
  host::Mem pc() const { return at(&context_.run->pc, 4); }
  host::Mem observer() const { return at(context_.observer, 8); }

  const TranslatorContext& context() const { return context_; }

 private:
  std::intptr_t offset_of(const void* address) const {
    return reinterpret_cast<std::intptr_t>(address) - reinterpret_cast<std::intptr_t>(context_.x);
  }

  TranslatorContext context_;
};

/// Why translated code came back.
enum class Exit : std::uint8_t {
  kDone,         ///< BlockRun is complete
  kBudget,       ///< BlockRun::pc is set
  kIndirect,     ///< BlockRun::pc is set; nothing there is translated
  kLink,         ///< likewise; rdx: the 5-byte jump to redirect once it is
  kInstruction,  ///< rdx: the block; needs the stepwise engine for one of its instructions
};

/// eax on the way out: an Exit and the index of an instruction.
constexpr std::uint32_t exit_code(Exit exit, std::size_t index = 0) {
  return static_cast<std::uint32_t>(exit) | static_cast<std::uint32_t>(index) << 8;
}

struct ExitRecord {
  std::uint64_t code;
  void* operand;
};

/// Code that all translations use.
struct SharedCode {
  using Enter = ExitRecord (*)(std::uint32_t* x, const void* code, std::uint8_t* data);

  Enter enter = nullptr;
  std::uint64_t leave = 0;      ///< jump here with eax and rdx set
  std::uint64_t elsewhere = 0;  ///< call it with eax: index of the instruction, rdx: block
  std::uint64_t way_back = 0;   ///< Translator::way_back; ecx: the pc
};

/// Emits SharedCode; `base` is where it will lie.
void emit_shared_code(host::Assembler& a, const Frame& frame, SharedCode& code, std::uint64_t base);

}  // namespace cairn::hart::x86
