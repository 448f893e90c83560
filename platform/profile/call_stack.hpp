// One stack of calls, with the time that each call took so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::platform {

/// What a profile counts.
struct Cost {
  std::uint64_t cycles = 0;
  std::uint64_t instructions = 0;

  Cost& operator+=(const Cost& other) {
    cycles += other.cycles;
    instructions += other.instructions;
    return *this;
  }
  friend Cost operator-(const Cost& a, const Cost& b) {
    return {a.cycles - b.cycles, a.instructions - b.instructions};
  }
};

/// A call that has not returned.
struct CallFrame {
  std::uint32_t function = 0;   ///< index into the profile's functions
  std::uint32_t call_site = 0;  ///< address of the call, in the frame below
  std::uint32_t return_to = 0;
  std::uint32_t sp = 0;      ///< at its entry
  Cost entry;                ///< CallStack::clock at its entry
  bool is_outermost = true;  ///< no frame below is of the same function
};

/// The program, a task of it, or one run of a trap handler. Its clock stands still while another
/// stack runs.
class CallStack {
 public:
  /// Position of the innermost frame that returns to `target`, or size(): with this stack pointer
  /// at its entry, as the calling convention asks, or (second) with any.
  std::size_t returning(std::uint32_t target, std::uint32_t stack_pointer) const;
  std::size_t returning(std::uint32_t target) const;
  /// Position of `function` among the innermost frames that return where the top one does (they
  /// jumped to each other), or size().
  std::size_t jumped_from(std::uint32_t function) const;

  void push(const CallFrame& frame);
  CallFrame pop();

  bool empty() const { return frames_.empty(); }
  std::size_t size() const { return frames_.size(); }
  const CallFrame& top() const { return frames_.back(); }

  Cost clock;
  std::uint32_t sp = 0;  ///< while another stack runs: the stack pointer that mret comes back with

 private:
  std::vector<CallFrame> frames_;
  std::vector<std::uint32_t> active_;  ///< frames by function
};

}  // namespace cairn::platform
