// The counter CSRs: cycles, instructions and events.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cairn::hart {

/// What mhpmevent selects; a number that is not listed is stored as 0. All of them are counted on
/// paths that are slow anyway, so that counting costs nothing. docs/hart.md defines each.
enum class Event : std::uint8_t {
  kNone = 0,
  kException = 1,
  kInterrupt = 2,
  kBusRead = 3,
  kBusWrite = 4,
  kBusFetch = 5,
  kDirectRead = 6,
  kDirectWrite = 7,
  kInstructionCacheMiss = 8,
  kWaitCycle = 9,
};
inline constexpr std::size_t kEvents = 10;

/// A count for each event; the one of kNone stays zero.
class EventCounts {
 public:
  std::uint64_t& operator[](Event event) { return counts_[static_cast<std::size_t>(event)]; }
  std::uint64_t operator[](Event event) const { return counts_[static_cast<std::size_t>(event)]; }

 private:
  std::array<std::uint64_t, kEvents> counts_{};
};

/// Running totals of the hart that the counter CSRs are views of; they never go back.
struct Totals {
  std::uint64_t cycles = 0;
  std::uint64_t instructions = 0;
  EventCounts events{};
};

/// A 64-bit counter CSR over a running total that never stops: writable, and stopped on demand.
class CounterView {
 public:
  std::uint64_t read(std::uint64_t total) const { return stopped_ ? value_ : total + value_; }
  void write(std::uint64_t value, std::uint64_t total) {
    value_ = stopped_ ? value : value - total;
  }
  void stop(bool stopped, std::uint64_t total);

 private:
  bool stopped_ = false;
  std::uint64_t value_ = 0;  ///< the count if stopped, else what to add to the total
};

/// mcycle, minstret, mhpmcounter3..18 and their user-mode views, mhpmevent3..31 (19 and up read
/// zero), mcountinhibit and mcounteren. As on QEMU, there is no mhpmcounter19 or above.
///
/// `totals` is as before the instruction where it reads, and as after it where it writes.
class Counters {
 public:
  static bool exists(std::uint32_t number);

  void reset(const Totals& totals);
  std::uint32_t read(std::uint32_t number, const Totals& totals) const;
  /// Not for the read-only views.
  void write(std::uint32_t number, std::uint32_t value, const Totals& totals);
  /// Does mcounteren show the counter behind this user-mode view?
  bool enabled_for_user(std::uint32_t number) const { return (enabled_ >> (number & 31) & 1) != 0; }

 private:
  static constexpr std::size_t kCounters = 19;  ///< index 1 is `time`, which is not here

  std::uint64_t total(std::size_t index, const Totals& totals) const;
  void inhibit(std::uint32_t value, const Totals& totals);
  void select(std::size_t index, std::uint32_t value, const Totals& totals);

  std::array<CounterView, kCounters> views_{};
  std::array<Event, kCounters> events_{};
  std::uint32_t inhibited_ = 0;
  std::uint32_t enabled_ = 0;
};

}  // namespace cairn::hart
