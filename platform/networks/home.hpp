// Where the files that ship with the program lie.
#pragma once

#include <filesystem>

namespace cairn::platform {

/// Top of the source tree: the one the program was built from, or $CAIRN_HOME.
std::filesystem::path home();

/// The driver firmware that `cairn run` boots: from the build, or $CAIRN_FIRMWARE.
std::filesystem::path default_firmware();

}  // namespace cairn::platform
