// The expected outputs, computed on other threads while the simulation runs.
#include "platform/run/reference_run.hpp"

#include <algorithm>
#include <chrono>

namespace cairn::platform {

ReferenceRun::ReferenceRun(const Workload& work)
    : work_(work),
      outputs_(static_cast<std::size_t>(work.network.last().out.elements())),
      expected_(outputs_ * work.samples.count),
      limit_(work.samples.count) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < std::min(cores, work.samples.count); ++i)
    threads_.emplace_back(&ReferenceRun::compute, this);
}

ReferenceRun::~ReferenceRun() {
  limit_ = 0;
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void ReferenceRun::compute() {
  try {
    for (std::uint32_t i = next_++; i < limit_; i = next_++) {
      const std::vector<std::int32_t> output =
          compiler::run_reference(work_.network, work_.samples.at(i));
      std::ranges::copy(output, expected_.begin() + static_cast<std::ptrdiff_t>(i * outputs_));
      ++done_;
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    error_ = std::current_exception();
    has_failed_ = true;
  }
}

std::optional<std::uint64_t> ReferenceRun::mismatches(
    const std::vector<std::int32_t>& outputs, std::uint32_t count,
    const std::function<bool(std::uint32_t)>& tick) {
  limit_ = count;
  while (done_ < count && !has_failed_) {
    if (!tick(done_)) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (std::thread& thread : threads_)
    thread.join();
  if (error_) std::rethrow_exception(error_);
  std::uint64_t differing = 0;
  for (std::size_t i = 0; i < count * outputs_; ++i)
    differing += expected_[i] != outputs[i] ? 1 : 0;
  return differing;
}

}  // namespace cairn::platform
