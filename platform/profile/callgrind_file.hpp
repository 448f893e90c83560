// A profile as a file for callgrind_annotate and KCachegrind.
#pragma once

#include <string>

#include "platform/debug/debug_info.hpp"
#include "platform/profile/function_profile.hpp"

namespace cairn::platform {

/// The callgrind profile format, version 1 (Valgrind manual, "Callgrind Format Specification"):
/// costs by instruction address and source line, events `Cycles` and `Instructions`. `program` is
/// the ELF file, from which KCachegrind disassembles.
std::string callgrind_text(const FunctionProfile& profile, const DebugInfo& debug,
                           const std::string& program);

}  // namespace cairn::platform
