// One step up the stack, by the rules of DWARF call frame information.
#pragma once

#include <elfutils/libdw.h>

#include <optional>

#include "platform/debug/debug_info.hpp"

namespace cairn::platform {

/// See DebugInfo::caller_of (DWARF 5, section 6.4). Knows the operations that compilers use there.
std::optional<Registers> apply_frame_rules(Dwarf_Frame& frame, const Registers& callee,
                                           const WordReader& word_at);

}  // namespace cairn::platform
