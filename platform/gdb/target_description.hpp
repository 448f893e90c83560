// target.xml: which registers the debugger finds.
#pragma once

#include <string>

#include "platform/gdb/target.hpp"

namespace cairn::platform::gdb {

/// With GDB's standard RISC-V features, so that it knows every register by its usual names (GDB
/// manual, appendix G.5.14).
std::string target_description(const Target& target);

}  // namespace cairn::platform::gdb
