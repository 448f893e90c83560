// Host time of many short pieces of work.
#pragma once

#include <chrono>
#include <cstdint>
#ifdef __x86_64__
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace cairn::kit {

/// Adds up the host time between start() and stop(). Where the processor counts at a constant rate
/// it reads that counter, which takes a fraction of what a clock takes, and learns the rate from
/// the clock over its own life.
class Stopwatch {
 public:
  void start() { begin_ = ticks(); }
  void stop() { total_ += ticks() - begin_; }

  /// Of all pieces so far.
  double seconds() const {
    const std::uint64_t life = ticks() - first_tick_;
    const std::chrono::duration<double> passed = Clock::now() - first_time_;
    return life == 0 ? 0 : static_cast<double>(total_) * passed.count() / static_cast<double>(life);
  }

 private:
  using Clock = std::chrono::steady_clock;

  static bool has_constant_counter() {
#ifdef __x86_64__
    constexpr unsigned kPowerLeaf = 0x8000'0007, kInvariantCounter = 1U << 8U;
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(kPowerLeaf, &a, &b, &c, &d) != 0 && (d & kInvariantCounter) != 0;
#else
    return false;
#endif
  }

  std::uint64_t ticks() const {
#ifdef __x86_64__
    if (counter_) return __rdtsc();
#endif
    return static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
  }

  const bool counter_ = has_constant_counter();
  const Clock::time_point first_time_ = Clock::now();
  const std::uint64_t first_tick_ = ticks();
  std::uint64_t begin_ = 0, total_ = 0;
};

/// Counts the time of its scope.
class TimedScope {
 public:
  explicit TimedScope(Stopwatch& watch) : watch_(watch) { watch_.start(); }
  TimedScope(const TimedScope&) = delete;
  TimedScope& operator=(const TimedScope&) = delete;
  ~TimedScope() { watch_.stop(); }

 private:
  Stopwatch& watch_;
};

}  // namespace cairn::kit
