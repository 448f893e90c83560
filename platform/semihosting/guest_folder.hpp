// The one folder of the host whose files a program may use.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "platform/semihosting/file_descriptor.hpp"

namespace cairn::platform {

/// Every path is relative to the folder. An absolute path, a `..`, and a symbolic link that leads
/// out of the folder are refused with EACCES, whatever else happens on the host meanwhile.
class GuestFolder {
 public:
  enum class Lookup {
    kKernel,  ///< openat2() keeps below the folder (Linux 5.6)
    kSteps,   ///< one directory after the other; every symbolic link is refused
  };

  /// Throws InputError if this is no folder.
  explicit GuestFolder(const std::filesystem::path& folder);
  GuestFolder(const std::filesystem::path& folder, Lookup lookup);

  struct Opened {
    FileDescriptor file{};
    int error = 0;  ///< errno; 0: the file is open
  };
  /// `flags` as of open(2). Anything but a regular file is refused with EACCES, a folder with
  /// EISDIR.
  Opened open(std::string_view path, int flags) const;

  // These return errno, or 0 once it is done.
  int remove(std::string_view path) const;
  int rename(std::string_view from, std::string_view to) const;

  Lookup lookup() const { return lookup_; }

 private:
  /// A folder below ours and a name in it.
  struct Place {
    FileDescriptor folder{};
    std::string name{};
    int error = 0;
  };
  Place place_of(std::string_view path) const;
  Opened open_below(const std::string& path, int flags) const;
  Opened open_by_steps(std::string_view path, int flags) const;

  FileDescriptor folder_;
  Lookup lookup_;
};

}  // namespace cairn::platform
