#include "platform/console/client_console.hpp"

#include <poll.h>

#include <array>
#include <chrono>

namespace cairn::platform {

namespace {

constexpr std::size_t kQueueBytes = 4096;
constexpr std::size_t kKeptBytes = 64 * 1024;
constexpr std::size_t kWriteFrom = 1024;
constexpr int kWaitMs = 50;
constexpr std::chrono::seconds kLastWrites(2);  // a client that takes nothing at the end is left

}  // namespace

void ClientConsole::transmit(char byte) {
  backlog_ += byte;
  if (has_client_ && backlog_.size() % kWriteFrom == 0) write_backlog();
  while (has_client_ && backlog_.size() > kKeptBytes && !interrupted()) {
    wait_until_writable();
    has_client_ = look_for_client();  // it may leave meanwhile
    write_backlog();
  }
  if (backlog_.size() > 2 * kKeptBytes) backlog_.erase(0, kKeptBytes);
}

std::optional<std::uint8_t> ClientConsole::receive() {
  if (received_.empty()) return std::nullopt;
  const std::uint8_t byte = received_.front();
  received_.pop_front();
  return byte;
}

void ClientConsole::poll() {
  const bool had_client = has_client_;
  has_client_ = look_for_client();
  if (!has_client_) return;
  if (!had_client && backlog_.size() > kKeptBytes) backlog_.erase(0, backlog_.size() - kKeptBytes);
  write_backlog();
  read_input();
}

int ClientConsole::descriptor() const {
  return received_.size() < kQueueBytes ? stream() : -1;
}

void ClientConsole::finish() {
  poll();
  const auto end = std::chrono::steady_clock::now() + kLastWrites;
  while (has_client_ && !backlog_.empty() && std::chrono::steady_clock::now() < end) {
    wait_until_writable();
    write_backlog();
  }
  if (has_client_) drain();
}

void ClientConsole::write_backlog() {
  while (has_client_ && !backlog_.empty()) {
    const Moved moved = write_some(backlog_.data(), backlog_.size());
    backlog_.erase(0, moved.bytes);
    if (moved.gone) {
      drop_client();
      has_client_ = false;
    }
    if (moved.bytes == 0) return;
  }
}

void ClientConsole::read_input() {
  std::array<char, kQueueBytes> buffer;
  if (!has_client_ || received_.size() >= kQueueBytes) return;
  const Moved moved = read_some(buffer.data(), buffer.size());
  received_.insert(received_.end(), buffer.begin(),
                   buffer.begin() + static_cast<std::ptrdiff_t>(moved.bytes));
  if (!moved.gone) return;
  drop_client();
  has_client_ = false;
}

void ClientConsole::wait_until_writable() const {
  pollfd one{.fd = stream(), .events = POLLOUT, .revents = 0};
  (void)::poll(&one, 1, kWaitMs);  // whether it helped shows at the next write
}

}  // namespace cairn::platform
