// The one exception for what the user gave us and we cannot use.
#pragma once

#include <stdexcept>

namespace cairn {

/// An unreadable or unsupported file, option or network. The message is one sentence that
/// names the file, the place and the reason; the program prints it and exits with status 2.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace cairn
