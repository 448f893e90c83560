// Writes a file as a whole or not at all.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"

namespace cairn::platform {

namespace {

/// Returns 0 or errno.
int write_all(int descriptor, std::span<const std::uint8_t> rest) {
  while (!rest.empty()) {
    const ssize_t done = ::write(descriptor, rest.data(), rest.size());
    if (done >= 0)
      rest = rest.subspan(static_cast<std::size_t>(done));
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

[[noreturn]] void refuse(const std::filesystem::path& path, int error) {
  throw InputError(fmt::format("{}: cannot be written: {}.", path.string(), std::strerror(error)));
}

}  // namespace

void write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  std::error_code unused;
  const auto kind = std::filesystem::status(path, unused).type();
  if (kind == std::filesystem::file_type::directory) refuse(path, EISDIR);
  const bool is_device =
      kind == std::filesystem::file_type::character || kind == std::filesystem::file_type::fifo;
  const std::string target =
      is_device ? path.string()
                : fmt::format("{}.{}.part", path.string(), static_cast<long>(::getpid()));
  const int descriptor = ::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) refuse(path, errno);
  int error = write_all(descriptor, bytes);
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (is_device && error == 0) return;
  if (error == 0 && std::rename(target.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    if (!is_device) ::unlink(target.c_str());
    refuse(path, error);
  }
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace cairn::platform
