// The files that a semihosted program has open, by handle.
#pragma once

#include <cstdint>
#include <vector>

#include "platform/semihosting/file_descriptor.hpp"

namespace cairn::platform {

struct OpenFile {
  enum class Kind : std::uint8_t {
    kUnused,
    kConsole,   ///< ":tt"
    kFeatures,  ///< ":semihosting-features"
    kRegular,
  };

  Kind kind = Kind::kUnused;
  FileDescriptor file;         ///< kRegular
  std::uint32_t position = 0;  ///< kFeatures: the next byte to be read
};

class OpenFiles {
 public:
  /// Handles 0, 1 and 2 are the console, as in QEMU: what a program has without opening it.
  OpenFiles();

  /// The smallest free handle, or 0 if there is none.
  std::uint32_t add(OpenFile file);
  /// Null if nothing is open there. Valid until the next add.
  OpenFile* find(std::uint32_t handle);

 private:
  std::vector<OpenFile> files_;
};

}  // namespace cairn::platform
