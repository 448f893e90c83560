// The expected outputs, computed on other threads while the simulation runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "platform/run/workload.hpp"

namespace cairn::platform {

/// Starts when made. Destroying it gives up what is not done yet.
class ReferenceRun {
 public:
  /// `work` must live longer.
  explicit ReferenceRun(const Workload& work);
  ~ReferenceRun();
  ReferenceRun(const ReferenceRun&) = delete;
  ReferenceRun& operator=(const ReferenceRun&) = delete;

  /// Compares the first `count` inputs with `outputs`, [count][outputs], and returns how many
  /// numbers differ. Meanwhile calls `tick` with the inputs computed so far; gives up with an empty
  /// result when it returns false. Rethrows what a thread threw.
  std::optional<std::uint64_t> mismatches(const std::vector<std::int32_t>& outputs,
                                          std::uint32_t count,
                                          const std::function<bool(std::uint32_t)>& tick);
  /// The first `count` inputs' outputs, after a comparison of as many that did not give up.
  std::vector<std::int32_t> expected(std::uint32_t count) const {
    return {expected_.begin(), expected_.begin() + static_cast<std::ptrdiff_t>(count * outputs_)};
  }

 private:
  void compute();  // each thread

  const Workload& work_;
  const std::size_t outputs_;           // of one input
  std::vector<std::int32_t> expected_;  // [count][outputs]
  std::atomic<std::uint32_t> next_{0}, done_{0}, limit_;
  std::atomic<bool> has_failed_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
  std::vector<std::thread> threads_;
};

}  // namespace cairn::platform
