// The outside world of one run: everything that is looked at between the simulation's slices.
#pragma once

#include <chrono>
#include <vector>

#include "platform/pollable.hpp"

namespace cairn::platform {

class PollList {
 public:
  explicit PollList(std::vector<Pollable*> members) : members_(std::move(members)) {}

  /// Polls all, but not more often than once in a millisecond of host time: a slice may be shorter
  /// than a system call. True if it did.
  bool poll();
  /// Sleeps until one has input, a signal comes or `longest` is over, then polls all.
  void wait(std::chrono::milliseconds longest);

  bool is_open() const;    ///< one of them is
  bool wants_end() const;  ///< one of them does

 private:
  void poll_all();

  std::vector<Pollable*> members_;
  std::chrono::steady_clock::time_point next_poll_{};
};

}  // namespace cairn::platform
