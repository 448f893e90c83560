// A profile as a table for people.
#pragma once

#include <cstddef>
#include <string>

#include "platform/profile/function_profile.hpp"

namespace cairn::platform {

/// The functions with the highest own cost, at most `rows` of them, the rest as one row, and the
/// total.
std::string profile_table(const FunctionProfile& profile, std::size_t rows);

}  // namespace cairn::platform
