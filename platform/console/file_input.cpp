#include "platform/console/file_input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

FileInput::FileInput(const std::filesystem::path& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), is_ours_(true) {
  if (descriptor_ < 0)
    throw InputError(fmt::format("{}: cannot be read: {}.", path.string(), std::strerror(errno)));
  if (::read(descriptor_, buffer_.data(), 0) == 0) return;
  const int reason = errno;  // a directory
  ::close(descriptor_);
  throw InputError(fmt::format("{}: cannot be read: {}.", path.string(), std::strerror(reason)));
}

FileInput::~FileInput() {
  if (is_ours_) ::close(descriptor_);
}

std::optional<std::uint8_t> FileInput::next() {
  if (at_ == filled_) {
    ssize_t count = 0;
    do
      count = ::read(descriptor_, buffer_.data(), buffer_.size());
    while (count < 0 && errno == EINTR);
    at_ = 0;
    filled_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    if (filled_ == 0) return std::nullopt;
  }
  return buffer_[at_++];
}

}  // namespace cairn::platform
