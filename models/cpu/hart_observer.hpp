// Who listens to a hart: to the flow of its program, or to each instruction.
#pragma once

#include <cstdint>

#include "models/cpu/hart_instruction.hpp"

namespace cairn::hart {

class Hart;

/// One step of the hart. The steps follow each other without a gap, except where it sleeps.
struct Executed {
  enum class What : std::uint8_t {
    kRetired,
    kTrapped,  ///< the instruction raised an exception instead; `in` is undecoded if its fetch did
    kInterrupted,  ///< no instruction: the way into an interrupt's handler
  };

  What what = What::kRetired;
  std::uint32_t pc = 0;      ///< kInterrupted: where the program was interrupted
  Instruction in;            ///< its destination now holds the result: Hart::x(in.rd), or f
  std::uint64_t cycle = 0;   ///< local time at its start
  std::uint64_t cycles = 0;  ///< until the next one starts, the way into a trap handler included

  std::uint8_t privilege = 3;  ///< in which it executed: 3 machine, 0 user

  // Loads, stores and atomics.
  bool loads = false;
  bool stores = false;        ///< false for an sc.w that failed
  std::uint8_t bytes = 0;     ///< of the access; 0: there was none
  std::uint32_t address = 0;  ///< its first byte
  std::uint32_t stored = 0;   ///< what was written, zero-extended
};

/// Hears about the flow of the program; for waves, logs and profiles. All times are local cycles.
class HartObserver {
 public:
  virtual ~HartObserver() = default;

  /// A call or a return arrived at `target`.
  virtual void called(std::uint32_t target, std::uint64_t cycle);
  /// A trap with this mcause and mtval left `pc` for `handler`; mret reports `returned`.
  virtual void trapped(std::uint32_t cause, std::uint32_t value, std::uint32_t pc,
                       std::uint32_t handler, std::uint64_t cycle);
  virtual void returned(std::uint32_t target, std::uint64_t cycle);

  /// True: wants `executed`. The hart then runs one instruction at a time, tens of times slower,
  /// with the same results. Asked whenever the hart starts to run.
  virtual bool hears_each() const { return false; }
  /// After each step. `hart` stands before the next instruction.
  virtual void executed(const Executed& step, const Hart& hart);
};

inline void HartObserver::called(std::uint32_t, std::uint64_t) {}
inline void HartObserver::trapped(std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                                  std::uint64_t) {}
inline void HartObserver::returned(std::uint32_t, std::uint64_t) {}
inline void HartObserver::executed(const Executed&, const Hart&) {}

}  // namespace cairn::hart
