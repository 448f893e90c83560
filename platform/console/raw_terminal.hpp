// A terminal that passes every key on at once, and is itself again on every way out.
#pragma once

namespace cairn::platform {

/// Raw mode for the lifetime of the object: no echo, no line editing, Ctrl-C is a byte like any
/// other; output is still processed (a line feed starts a line). One at a time.
///
/// Signals that end the process (SIGINT, SIGTERM, SIGSEGV, ...) restore the terminal first and then
/// do what they did before.
class RawTerminal {
 public:
  /// True if `descriptor` is a terminal and this process is in its foreground.
  static bool can_take(int descriptor);

  explicit RawTerminal(int descriptor);
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
};

}  // namespace cairn::platform
