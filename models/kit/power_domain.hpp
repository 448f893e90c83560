// Clock and supply voltage of a block, as it and the power controller share them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <systemc>
#include <utility>
#include <vector>

namespace cairn::kit {

/// An operating point.
struct ClockAndSupply {
  std::uint64_t clock_hz = 0;
  std::uint32_t millivolt = 0;
  bool operator==(const ClockAndSupply&) const = default;
};

/// The controller asks for a point; the block takes it where it can stop: at once when idle, else
/// between two pieces of work. Its clock stands still for `settle` meanwhile.
class PowerDomain {
 public:
  /// `first` of the points holds at the start. Throws std::out_of_range if there is no such point.
  explicit PowerDomain(std::vector<ClockAndSupply> points, std::size_t first = 0,
                       sc_core::sc_time settle = {})
      : points_(std::move(points)), settle_(settle), index_(first), wanted_(first) {
    static_cast<void>(points_.at(first));
  }

  const std::vector<ClockAndSupply>& points() const { return points_; }
  std::size_t index() const { return index_; }
  const ClockAndSupply& now() const { return points_[index_]; }
  /// How long the clock stands still while clock and voltage change.
  const sc_core::sc_time& settle() const { return settle_; }

  /// The controller's side. Throws std::out_of_range for a point that is not there.
  void ask(std::size_t index) {
    if (index >= points_.size()) throw std::out_of_range("no such operating point");
    wanted_ = index;
    if (is_pending()) asked_.notify(sc_core::SC_ZERO_TIME);
  }
  std::size_t wanted() const { return wanted_; }
  bool is_pending() const { return wanted_ != index_; }

  /// The block's side: `asked` fires when a change is pending; `take` makes it, after `settle`.
  const sc_core::sc_event& asked() const { return asked_; }
  void take() {
    index_ = wanted_;
    for (const auto& observer : observers_)
      observer();
  }
  /// `observer` runs when another point holds.
  void on_change(std::function<void()> observer) { observers_.push_back(std::move(observer)); }

 private:
  const std::vector<ClockAndSupply> points_;
  const sc_core::sc_time settle_;
  std::size_t index_, wanted_;
  sc_core::sc_event asked_;
  std::vector<std::function<void()>> observers_;
};

}  // namespace cairn::kit
