#include "platform/console/stdio_console.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace cairn::platform {

namespace {

constexpr std::size_t kQueueBytes = 4096;

constexpr const char* kHelp =
    "\r\nCtrl-a x       ends the run\r\n"
    "Ctrl-a Ctrl-a  sends Ctrl-a to the program\r\n"
    "Ctrl-a h       prints this; every other key goes to the program, Ctrl-C too\r\n";

bool is_regular_file(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

bool is_readable(int descriptor) {
  pollfd one{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) > 0;
}

}  // namespace

StdioConsole::StdioConsole(const ConsoleContext& context)
    : out_(context.out), err_(context.err), in_(context.in) {
  if (in_ < 0) return;
  if (is_regular_file(in_)) {
    file_.emplace(in_);
    in_ = -1;
  } else if (RawTerminal::can_take(in_)) {
    err_ << "cairn: this terminal is the serial port: Ctrl-a x ends the run, Ctrl-a h helps."
         << std::endl;
    raw_.emplace(in_);
  } else if (isatty(in_) != 0) {
    in_ = -1;  // in the background: reading would stop us
  }
}

void StdioConsole::transmit(char byte) {
  out_.put(byte);
  has_unflushed_ = true;
}

std::optional<std::uint8_t> StdioConsole::receive() {
  if (file_) return file_->next();
  if (received_.empty()) return std::nullopt;
  const std::uint8_t byte = received_.front();
  received_.pop_front();
  return byte;
}

void StdioConsole::finish() {
  out_.flush();
  raw_.reset();
}

void StdioConsole::poll() {
  if (has_unflushed_) out_.flush();
  has_unflushed_ = false;
  if (in_ < 0 || !has_room() || !is_readable(in_)) return;
  std::array<std::uint8_t, kQueueBytes> buffer;
  const ssize_t count = ::read(in_, buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) in_ = -1;  // the end, or the terminal is gone
  for (ssize_t i = 0; i < count; ++i)
    take(buffer[static_cast<std::size_t>(i)]);
}

int StdioConsole::descriptor() const {
  return has_room() ? in_ : -1;
}

/// At a terminal the escape keys work even if the program reads nothing: what it leaves is lost.
bool StdioConsole::has_room() const {
  return raw_ || received_.size() < kQueueBytes;
}

void StdioConsole::take(std::uint8_t byte) {
  switch (raw_ ? keys_.typed(byte) : EscapeKeys::Key::kPass) {
    case EscapeKeys::Key::kPass:
      if (received_.size() < 2 * kQueueBytes) received_.push_back(byte);
      break;
    case EscapeKeys::Key::kHelp:
      err_ << kHelp << std::flush;
      break;
    case EscapeKeys::Key::kEnd:
      wants_end_ = true;
      break;
    case EscapeKeys::Key::kSwallow:
      break;
  }
}

}  // namespace cairn::platform
