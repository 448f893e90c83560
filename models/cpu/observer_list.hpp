// Several observers of one hart, each for a part of simulated time.
#pragma once

#include <systemc>
#include <vector>

#include "models/cpu/hart_observer.hpp"

namespace cairn {

/// Passes everything on to those whose time it is.
class ObserverList final : public hart::HartObserver {
 public:
  /// `observer` hears of what starts in [from, to). It must live as long as the simulation.
  void add(hart::HartObserver& observer, const sc_core::sc_time& from, const sc_core::sc_time& to) {
    entries_.push_back({&observer, from, to});
  }

  /// Chooses those who listen at `now`; `extra` too unless it is null. Returns whom to give to the
  /// hart, null if nobody listens.
  hart::HartObserver* select(const sc_core::sc_time& now, hart::HartObserver* extra);
  /// When select() would choose others, if nothing else changes; the end of time if never.
  sc_core::sc_time next_change(const sc_core::sc_time& now) const;

  void called(std::uint32_t target, std::uint64_t cycle) override;
  void trapped(std::uint32_t cause, std::uint32_t value, std::uint32_t pc, std::uint32_t handler,
               std::uint64_t cycle) override;
  void returned(std::uint32_t target, std::uint64_t cycle) override;
  bool hears_each() const override;
  void executed(const hart::Executed& step, const hart::Hart& hart) override;

 private:
  struct Entry {
    hart::HartObserver* observer;
    sc_core::sc_time from, to;
  };

  std::vector<Entry> entries_;
  std::vector<hart::HartObserver*> listening_;
};

}  // namespace cairn
