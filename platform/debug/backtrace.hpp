// Who called whom, from registers and memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/cpu/hart_trap_stack.hpp"
#include "platform/debug/debug_info.hpp"
#include "platform/loader/symbol_table.hpp"

namespace cairn::platform {

struct BacktraceFrame {
  enum class Kind {
    kExact,        ///< by the program's call frame information, or from the registers
    kGuessed,      ///< the first return address found on the stack: frames may be missing before it
    kInterrupted,  ///< a trap took the program here
  };

  Kind kind = Kind::kExact;
  std::uint32_t pc = 0;
  std::string function;  ///< empty if no function is there
  std::string place;     ///< "main+0x14"
  std::string source;    ///< "main.c:14", empty if unknown
  std::string trap;      ///< kInterrupted: the trap's name
};

class Backtracer {
 public:
  Backtracer(const SymbolTable& symbols, const DebugInfo& debug, WordReader word_at)
      : symbols_(symbols), debug_(debug), word_at_(std::move(word_at)) {}

  /// Innermost frame first. `traps` are those that interrupted this code, the innermost last.
  std::vector<BacktraceFrame> trace(const Registers& start,
                                    std::span<const hart::TrapFrame> traps) const;

 private:
  static constexpr std::size_t kMostFrames = 1'000'000;
  static constexpr unsigned kScannedWords = 1024;

  void add(std::vector<BacktraceFrame>& out, const Registers& at, bool has_called,
           BacktraceFrame::Kind kind) const;
  void unwind(std::vector<BacktraceFrame>& out, Registers at, BacktraceFrame::Kind kind,
              bool may_guess) const;
  bool find_caller(Registers& at, bool has_called, BacktraceFrame::Kind& kind) const;
  bool scan(Registers& at) const;
  bool follows_call(std::uint32_t address) const;

  const SymbolTable& symbols_;
  const DebugInfo& debug_;
  WordReader word_at_;
};

}  // namespace cairn::platform
