// One instruction in the format of Spike's commit log.
#pragma once

#include <string>

#include "models/cpu/hart.hpp"

namespace cairn::platform {

/// Appends the line that `spike --log-commits` writes for a retired instruction, nothing for one
/// that trapped: hart, privilege, pc, instruction, then what it changed.
///
///     core   0: 3 0x80000004 (0x00028593) x11 0x80001000
///     core   0: 3 0x80000008 (0xc188) mem 0x80001008 0x0000002a
///
/// A number has as many digits as its size: 4 for a compressed instruction or a halfword stored.
void append_commit_line(std::string& out, const hart::Executed& step, const hart::Hart& hart);

}  // namespace cairn::platform
