#include "models/cpu/hart_counters.hpp"

#include "models/cpu/hart_csr.hpp"

namespace cairn::hart {
namespace {

constexpr std::size_t kCycleIndex = 0, kTimeIndex = 1, kInstructionIndex = 2;
constexpr std::uint32_t kHighHalf = 0x80;      // what mcycleh's number has over mcycle's
constexpr std::uint32_t kCounterMask = 0xf60;  // all but the index and kHighHalf

constexpr bool is_machine_counter(std::uint32_t number) {
  return (number & kCounterMask) == csr::kMcycle;
}
constexpr bool is_user_counter(std::uint32_t number) {
  return (number & kCounterMask) == csr::kCycle;
}
constexpr bool is_event(std::uint32_t number) {
  return number >= csr::kMhpmevent3 && number <= csr::kMhpmevent3 + 28;
}

}  // namespace

void CounterView::stop(bool stopped, std::uint64_t total) {
  const std::uint64_t count = read(total);
  stopped_ = stopped;
  write(count, total);
}

bool Counters::exists(std::uint32_t number) {
  const std::size_t index = number & 31;
  if (is_machine_counter(number)) return index < kCounters && index != kTimeIndex;
  if (is_user_counter(number)) return index < kCounters;
  return is_event(number) || number == csr::kMcountinhibit || number == csr::kMcounteren;
}

void Counters::reset(const Totals& totals) {
  *this = {};
  for (std::size_t i = 0; i < kCounters; ++i)
    views_[i].write(0, total(i, totals));
}

std::uint64_t Counters::total(std::size_t index, const Totals& totals) const {
  if (index == kCycleIndex) return totals.cycles;
  if (index == kInstructionIndex) return totals.instructions;
  return totals.events[events_[index]];
}

std::uint32_t Counters::read(std::uint32_t number, const Totals& totals) const {
  if (number == csr::kMcountinhibit) return inhibited_;
  if (number == csr::kMcounteren) return enabled_;
  const std::size_t index = number & 31;
  if (index >= kCounters) return 0;
  if (is_event(number)) return static_cast<std::uint32_t>(events_[index]);
  const std::uint64_t count = views_[index].read(total(index, totals));
  return static_cast<std::uint32_t>((number & kHighHalf) != 0 ? count >> 32 : count);
}

void Counters::write(std::uint32_t number, std::uint32_t value, const Totals& totals) {
  if (number == csr::kMcountinhibit) return inhibit(value, totals);
  if (number == csr::kMcounteren) {
    enabled_ = value & ((1u << kCounters) - 1);
    return;
  }
  const std::size_t index = number & 31;
  if (index >= kCounters) return;
  if (is_event(number)) return select(index, value, totals);
  const std::uint64_t now = total(index, totals);
  const std::uint64_t old = views_[index].read(now);
  const std::uint64_t low = 0xffff'ffff;
  views_[index].write(
      (number & kHighHalf) != 0 ? (old & low) | std::uint64_t{value} << 32 : (old & ~low) | value,
      now);
}

void Counters::inhibit(std::uint32_t value, const Totals& totals) {
  inhibited_ = value & ((1u << kCounters) - 1) & ~(1u << kTimeIndex);
  for (std::size_t i = 0; i < kCounters; ++i)
    views_[i].stop((inhibited_ >> i & 1) != 0, total(i, totals));
}

/// The count goes on from where it stands.
void Counters::select(std::size_t index, std::uint32_t value, const Totals& totals) {
  const std::uint64_t count = views_[index].read(total(index, totals));
  events_[index] = value < kEvents ? static_cast<Event>(value) : Event::kNone;
  views_[index].write(count, total(index, totals));
}

}  // namespace cairn::hart
