// The terminal during a run: a progress bar, and lines of the firmware that do not tear it.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace cairn::platform {

class Terminal {
 public:
  /// `shows_bar`: draw a progress bar (only on a terminal).
  Terminal(std::ostream& stream, bool shows_bar) : stream_(stream), shows_bar_(shows_bar) {}
  ~Terminal() { finish(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// At most ten redraws a second.
  void progress(std::string_view what, std::uint64_t done, std::uint64_t count);
  /// A byte of the firmware's serial port; whole lines are printed.
  void uart(char byte);
  /// Prints an unfinished line and removes the bar.
  void finish();

 private:
  void clear_bar();
  void print_line();

  std::ostream& stream_;
  const bool shows_bar_;
  bool is_drawn_ = false;
  std::chrono::steady_clock::time_point next_draw_{};
  std::string line_;
};

}  // namespace cairn::platform
