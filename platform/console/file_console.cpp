#include "platform/console/file_console.hpp"

#include <fmt/format.h>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

FileConsole::FileConsole(const std::filesystem::path& out, const std::filesystem::path& in) {
  if (!in.empty()) in_.emplace(in);
  std::error_code absent;
  if (std::filesystem::is_regular_file(in, absent) && std::filesystem::equivalent(in, out, absent))
    throw InputError(fmt::format("--uart file:{},{}: input and output are the same file.",
                                 out.string(), in.string()));
  out_.emplace(out);
}

void FileConsole::transmit(char byte) {
  out_->buffer() += byte;
  out_->write_if_large();
}

std::optional<std::uint8_t> FileConsole::receive() {
  return in_ ? in_->next() : std::nullopt;
}

void FileConsole::finish() {
  out_->close();
  if (!out_->error().empty()) throw InputError(out_->error() + ".");
}

}  // namespace cairn::platform
