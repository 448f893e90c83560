// Changes waiting to be written: they come in call order and leave in time order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace cairn::kit::trace {

struct Change {
  std::uint64_t at_ps;
  std::uint64_t bits;  ///< value, index of a name, encoded real, or index of a text
  std::uint32_t slot;
};

/// Changes of one time stay in call order, so that the last one wins.
class ChangeQueue {
 public:
  void push(const Change& change) { waiting_.push_back(change); }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

  /// Calls `visit(std::span<const Change>)` once for each time earlier than `limit_ps`, and
  /// forgets what was visited.
  template <typename Visit>
  void drain(std::uint64_t limit_ps, Visit visit) {
    const auto earlier = [](const Change& a, const Change& b) { return a.at_ps < b.at_ps; };
    if (!std::is_sorted(waiting_.begin(), waiting_.end(), earlier))
      std::stable_sort(waiting_.begin(), waiting_.end(), earlier);

    auto first = waiting_.cbegin();
    while (first != waiting_.cend() && first->at_ps < limit_ps) {
      const auto next = std::find_if(first, waiting_.cend(), [&](const Change& change) {
        return change.at_ps != first->at_ps;
      });
      visit(std::span<const Change>(first, next));
      first = next;
    }
    waiting_.erase(waiting_.cbegin(), first);
  }

 private:
  std::vector<Change> waiting_;
};

}  // namespace cairn::kit::trace
