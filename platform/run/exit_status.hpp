// What the program's exit status says.
#pragma once

namespace cairn::platform {

constexpr int kExitOk = 0;
constexpr int kExitFirmwareFailed = 1;  ///< the finisher got a failure, or an output is wrong
constexpr int kExitBadInput = 2;        ///< usage, unreadable or unsupported input
constexpr int kExitSystemFailed = 3;    ///< deadlock, bus error nobody handled, timeout
constexpr int kExitInternal = 70;       ///< a bug in us
constexpr int kExitInterrupted = 130;

}  // namespace cairn::platform
