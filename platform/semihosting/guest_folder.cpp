#include "platform/semihosting/guest_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

constexpr int kFolder = O_PATH | O_DIRECTORY | O_CLOEXEC;

/// The path without empty parts and `.`; `error` says why it is refused.
struct Checked {
  std::string path{};
  int error = 0;
};

Checked check(std::string_view path) {
  constexpr std::size_t kLongest = 4095;
  if (path.empty()) return {.error = ENOENT};
  if (path.size() > kLongest) return {.error = ENAMETOOLONG};
  if (path.find('\0') != std::string_view::npos) return {.error = EINVAL};
  if (path.front() == '/') return {.error = EACCES};
  Checked out;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") return {.error = EACCES};
    if (!out.path.empty()) out.path += '/';
    out.path += part;
  }
  if (out.path.empty()) out.error = EISDIR;
  return out;
}

mode_t mode_for(int flags) {
  return (flags & O_CREAT) != 0 ? 0666 : 0;
}

int open_with_kernel(int folder, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.mode = mode_for(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how));
}

FileDescriptor open_folder(const std::filesystem::path& folder) {
  FileDescriptor out(::open(folder.c_str(), kFolder));
  if (!out.is_open())
    throw InputError(fmt::format("--semihosting {}: {}.", folder.string(), std::strerror(errno)));
  return out;
}

/// An old kernel has no openat2(), a sandbox may forbid it.
GuestFolder::Lookup best_lookup(int folder) {
  const FileDescriptor tried(open_with_kernel(folder, ".", kFolder));
  return tried.is_open() ? GuestFolder::Lookup::kKernel : GuestFolder::Lookup::kSteps;
}

}  // namespace

GuestFolder::GuestFolder(const std::filesystem::path& folder)
    : folder_(open_folder(folder)), lookup_(best_lookup(folder_.number())) {}

GuestFolder::GuestFolder(const std::filesystem::path& folder, Lookup lookup)
    : folder_(open_folder(folder)), lookup_(lookup) {}

GuestFolder::Opened GuestFolder::open(std::string_view path, int flags) const {
  const Checked checked = check(path);
  if (checked.error != 0) return {.file = {}, .error = checked.error};
  // Without O_NONBLOCK a FIFO would hold us up before we see what it is.
  Opened out = open_below(checked.path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status {};
  if (out.error != 0) return out;
  if (::fstat(out.file.number(), &status) != 0) return {.file = {}, .error = errno};
  if (S_ISDIR(status.st_mode)) return {.file = {}, .error = EISDIR};
  if (!S_ISREG(status.st_mode)) return {.file = {}, .error = EACCES};
  return out;
}

GuestFolder::Opened GuestFolder::open_below(const std::string& path, int flags) const {
  if (lookup_ == Lookup::kSteps) return open_by_steps(path, flags);
  const int number = open_with_kernel(folder_.number(), path.c_str(), flags);
  if (number >= 0) return {.file = FileDescriptor(number)};
  return {.file = {}, .error = errno == EXDEV ? EACCES : errno};
}

GuestFolder::Opened GuestFolder::open_by_steps(std::string_view path, int flags) const {
  FileDescriptor held;
  int folder = folder_.number();
  for (;;) {
    const std::size_t slash = path.find('/');
    const bool is_last = slash == std::string_view::npos;
    const std::string part(path.substr(0, slash));
    const int how = (is_last ? flags : kFolder) | O_NOFOLLOW;
    FileDescriptor next(::openat(folder, part.c_str(), how, mode_for(how)));
    if (!next.is_open()) {
      const int reason = errno;
      struct stat status {};
      const bool is_link = ::fstatat(folder, part.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                           S_ISLNK(status.st_mode);
      return {.file = {}, .error = is_link ? EACCES : reason};
    }
    if (is_last) return {.file = std::move(next)};
    held = std::move(next);
    folder = held.number();
    path.remove_prefix(slash + 1);
  }
}

GuestFolder::Place GuestFolder::place_of(std::string_view path) const {
  const Checked checked = check(path);
  if (checked.error != 0) return {.folder = {}, .name = {}, .error = checked.error};
  const std::size_t slash = checked.path.rfind('/');
  if (slash == std::string::npos) {
    const int same = ::openat(folder_.number(), ".", kFolder);
    return {.folder = FileDescriptor(same), .name = checked.path, .error = same < 0 ? errno : 0};
  }
  Opened parent = open_below(checked.path.substr(0, slash), kFolder);
  return {.folder = std::move(parent.file),
          .name = checked.path.substr(slash + 1),
          .error = parent.error};
}

int GuestFolder::remove(std::string_view path) const {
  const Place place = place_of(path);
  if (place.error != 0) return place.error;
  return ::unlinkat(place.folder.number(), place.name.c_str(), 0) == 0 ? 0 : errno;
}

int GuestFolder::rename(std::string_view from, std::string_view to) const {
  const Place old_place = place_of(from);
  if (old_place.error != 0) return old_place.error;
  const Place new_place = place_of(to);
  if (new_place.error != 0) return new_place.error;
  const int done = ::renameat(old_place.folder.number(), old_place.name.c_str(),
                              new_place.folder.number(), new_place.name.c_str());
  return done == 0 ? 0 : errno;
}

}  // namespace cairn::platform
