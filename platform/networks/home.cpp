// Where the files that ship with the program lie. The build defines CAIRN_SOURCE_DIR and
// CAIRN_INFER_ELF.
#include "platform/networks/home.hpp"

#include <cstdlib>

namespace cairn::platform {

namespace {

std::filesystem::path path_from(const char* variable, const char* built_in) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? value : built_in;
}

}  // namespace

std::filesystem::path home() {
  return path_from("CAIRN_HOME", CAIRN_SOURCE_DIR);
}

std::filesystem::path default_firmware() {
  return path_from("CAIRN_FIRMWARE", CAIRN_INFER_ELF);
}

}  // namespace cairn::platform
