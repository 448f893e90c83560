#include "platform/console/pty_console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

int open_master() {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master >= 0 && ::grantpt(master) == 0 && ::unlockpt(master) == 0) return master;
  const int reason = errno;
  if (master >= 0) ::close(master);
  throw InputError(
      fmt::format("--uart pty: the host gives no pseudo-terminal: {}.", std::strerror(reason)));
}

std::string device_name(int master) {
  std::array<char, 64> name{};
  return ::ptsname_r(master, name.data(), name.size()) == 0 ? name.data() : "";
}

/// No echo, no line editing, until a client sets it otherwise.
void make_raw(int master) {
  termios settings{};
  ::tcgetattr(master, &settings);
  ::cfmakeraw(&settings);
  ::tcsetattr(master, TCSANOW, &settings);
}

}  // namespace

PtyConsole::PtyConsole(const ConsoleContext& context)
    : ClientConsole(context.interrupted), master_(open_master()), name_(device_name(master_)) {
  make_raw(master_);
  // Only once somebody has closed the device does Linux tell that nobody has it open.
  const int slave = ::open(name_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave >= 0) ::close(slave);
  context.err << "uart: " << name_ << std::endl;
}

PtyConsole::~PtyConsole() {
  ::close(master_);
}

short PtyConsole::events() const {
  pollfd one{.fd = master_, .events = POLLIN, .revents = 0};
  (void)::poll(&one, 1, 0);
  return one.revents;
}

/// What a client has left behind is still read.
bool PtyConsole::look_for_client() {
  const short now = events();
  is_opened_ = (now & POLLHUP) == 0 || (now & POLLIN) != 0;
  return is_opened_;
}

ClientConsole::Moved PtyConsole::read_some(char* to, std::size_t bytes) {
  const ssize_t count = ::read(master_, to, bytes);
  if (count > 0) return {.bytes = static_cast<std::size_t>(count)};
  return {.gone = count < 0 && errno == EIO};
}

ClientConsole::Moved PtyConsole::write_some(const char* from, std::size_t bytes) {
  if ((events() & POLLHUP) != 0) return {.gone = true};  // else it would be lost
  const ssize_t count = ::write(master_, from, bytes);
  return {.bytes = count > 0 ? static_cast<std::size_t>(count) : 0};
}

/// With the master goes what the client has not read yet: give it up to a second.
void PtyConsole::drain() {
  constexpr int kStepsOf10Ms = 100;
  const int slave = ::open(name_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (slave < 0) return;
  int unread = 0;
  for (int step = 0; step < kStepsOf10Ms; ++step) {
    (void)::poll(nullptr, 0, 10);
    if (::ioctl(slave, FIONREAD, &unread) != 0 || unread == 0) break;
  }
  ::close(slave);
}

}  // namespace cairn::platform
