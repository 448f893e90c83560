// The terminal during a run.
#include "platform/run/terminal.hpp"

#include <fmt/format.h>

namespace cairn::platform {

void Terminal::progress(std::string_view what, std::uint64_t done, std::uint64_t count) {
  if (!shows_bar_ || count == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_draw_) return;
  next_draw_ = now + std::chrono::milliseconds(100);
  constexpr std::uint64_t kWidth = 40;
  const std::uint64_t filled = done >= count ? kWidth : done * kWidth / count;
  stream_ << fmt::format("\r\x1b[K{} [{:#<{}}{: <{}}] {}/{}", what, "", filled, "", kWidth - filled,
                         done, count)
          << std::flush;
  is_drawn_ = true;
}

void Terminal::uart(char byte) {
  constexpr std::size_t kLongestLine = 4096;
  if (byte != '\n' && byte != '\r') line_ += byte;
  if (byte == '\n' || line_.size() >= kLongestLine) print_line();
}

void Terminal::finish() {
  if (!line_.empty()) print_line();
  clear_bar();
}

void Terminal::print_line() {
  clear_bar();
  stream_ << line_ << '\n' << std::flush;
  line_.clear();
}

void Terminal::clear_bar() {
  if (!is_drawn_) return;
  stream_ << "\r\x1b[K" << std::flush;
  is_drawn_ = false;
  next_draw_ = {};
}

}  // namespace cairn::platform
