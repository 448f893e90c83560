// Ctrl-a and what follows it, as in QEMU's and minicom's terminals.
#pragma once

#include <cstdint>

namespace cairn::platform {

class EscapeKeys {
 public:
  enum class Key : std::uint8_t {
    kPass,     ///< goes to the program
    kSwallow,  ///< part of a command
    kEnd,      ///< Ctrl-a x
    kHelp,     ///< Ctrl-a h
  };

  /// What to do with the next byte from the keyboard. Ctrl-a Ctrl-a passes the second one.
  Key typed(std::uint8_t byte) {
    constexpr std::uint8_t kControlA = 1;
    if (!after_escape_) {
      after_escape_ = byte == kControlA;
      return after_escape_ ? Key::kSwallow : Key::kPass;
    }
    after_escape_ = false;
    switch (byte) {
      case kControlA:
        return Key::kPass;
      case 'x':
        return Key::kEnd;
      case 'h':
        return Key::kHelp;
      default:
        return Key::kSwallow;
    }
  }

 private:
  bool after_escape_ = false;
};

}  // namespace cairn::platform
