#include "platform/poll_list.hpp"

#include <poll.h>

#include <algorithm>

namespace cairn::platform {

using Clock = std::chrono::steady_clock;

bool PollList::poll() {
  if (members_.empty() || Clock::now() < next_poll_) return false;
  poll_all();
  return true;
}

void PollList::wait(std::chrono::milliseconds longest) {
  constexpr std::chrono::milliseconds kWithoutDescriptor(20);
  std::vector<pollfd> descriptors;
  for (const Pollable* member : members_) {
    if (!member->is_open()) continue;
    const int descriptor = member->descriptor();
    if (descriptor >= 0)
      descriptors.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
    else
      longest = std::min(longest, kWithoutDescriptor);
  }
  // A failure, which can only be a signal, is looked at by the caller as the time-out is.
  (void)::poll(descriptors.data(), descriptors.size(), static_cast<int>(longest.count()));
  poll_all();
}

bool PollList::is_open() const {
  return std::ranges::any_of(members_, &Pollable::is_open);
}

bool PollList::wants_end() const {
  return std::ranges::any_of(members_, &Pollable::wants_end);
}

void PollList::poll_all() {
  for (Pollable* member : members_)
    member->poll();
  next_poll_ = Clock::now() + std::chrono::milliseconds(1);
}

}  // namespace cairn::platform
