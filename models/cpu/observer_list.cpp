#include "models/cpu/observer_list.hpp"

#include <algorithm>

namespace cairn {

hart::HartObserver* ObserverList::select(const sc_core::sc_time& now, hart::HartObserver* extra) {
  if (entries_.empty()) return extra;
  listening_.clear();
  if (extra != nullptr) listening_.push_back(extra);
  for (const Entry& entry : entries_)
    if (entry.from <= now && now < entry.to) listening_.push_back(entry.observer);
  if (listening_.size() == 1) return listening_.front();
  return listening_.empty() ? nullptr : this;
}

sc_core::sc_time ObserverList::next_change(const sc_core::sc_time& now) const {
  sc_core::sc_time next = sc_core::sc_max_time();
  for (const Entry& entry : entries_)
    for (const sc_core::sc_time& edge : {entry.from, entry.to})
      if (edge > now) next = std::min(next, edge);
  return next;
}

void ObserverList::called(std::uint32_t target, std::uint64_t cycle) {
  for (hart::HartObserver* observer : listening_)
    observer->called(target, cycle);
}

void ObserverList::trapped(std::uint32_t cause, std::uint32_t value, std::uint32_t pc,
                           std::uint32_t handler, std::uint64_t cycle) {
  for (hart::HartObserver* observer : listening_)
    observer->trapped(cause, value, pc, handler, cycle);
}

void ObserverList::returned(std::uint32_t target, std::uint64_t cycle) {
  for (hart::HartObserver* observer : listening_)
    observer->returned(target, cycle);
}

bool ObserverList::hears_each() const {
  return std::ranges::any_of(listening_,
                             [](const hart::HartObserver* o) { return o->hears_each(); });
}

void ObserverList::executed(const hart::Executed& step, const hart::Hart& hart) {
  for (hart::HartObserver* observer : listening_)
    if (observer->hears_each()) observer->executed(step, hart);
}

}  // namespace cairn
