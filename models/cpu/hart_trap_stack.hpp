// The traps that the hart has entered and not left: what a post-mortem starts from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cairn::hart {

/// The hart as it was when a trap took it.
struct TrapFrame {
  std::uint32_t mcause = 0;
  std::uint32_t mtval = 0;
  std::uint32_t pc = 0;
  std::uint64_t cycle = 0;            ///< local time
  std::array<std::uint32_t, 32> x{};  ///< x[0] is zero
};

/// Knows nothing of the program: a handler that leaves without mret stays here until the program
/// sets another handler.
class TrapStack {
 public:
  /// False if this can only go on for ever: the same instruction has raised the same exception
  /// `kEndless` times, and no handler has returned in between.
  [[nodiscard]] bool enter(const TrapFrame& frame);
  void leave();
  void clear();

  /// The innermost last; of more than `kDepth`, the outermost.
  std::span<const TrapFrame> frames() const { return frames_; }

 private:
  static constexpr std::size_t kDepth = 8;
  static constexpr unsigned kEndless = 10'000;

  std::vector<TrapFrame> frames_;
  std::size_t depth_ = 0;  ///< frames left out included
  std::uint32_t last_pc_ = 0;
  std::uint32_t last_mcause_ = 0;
  unsigned repeats_ = 0;
};

}  // namespace cairn::hart
