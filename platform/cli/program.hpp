// The program `cairn` as a function, so that tests can call it.
#pragma once

#include <string>
#include <vector>

#include "platform/run/session.hpp"

namespace cairn::platform {

/// `arguments` without the program's name. Returns the exit status; never throws for what the user
/// did.
int run_program(const std::vector<std::string>& arguments, SessionContext& context);

}  // namespace cairn::platform
