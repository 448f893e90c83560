#include "platform/console/file_console.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& path) {
  throw InputError(fmt::format("{}: cannot be written: {}.", path.string(), std::strerror(errno)));
}

}  // namespace

/// The output is opened, and so emptied, once the input is known to be another, readable file.
FileConsole::FileConsole(const std::filesystem::path& out, const std::filesystem::path& in)
    : out_path_(out) {
  if (!in.empty()) in_.emplace(in);
  std::error_code absent;
  if (std::filesystem::is_regular_file(in, absent) && std::filesystem::equivalent(in, out, absent))
    throw InputError(fmt::format("--uart file:{},{}: input and output are the same file.",
                                 out.string(), in.string()));
  out_.open(out, std::ios::binary);
  if (!out_) refuse(out);
}

void FileConsole::transmit(char byte) {
  out_.put(byte);
}

std::optional<std::uint8_t> FileConsole::receive() {
  return in_ ? in_->next() : std::nullopt;
}

void FileConsole::finish() {
  out_.close();
  if (!out_) refuse(out_path_);
}

}  // namespace cairn::platform
