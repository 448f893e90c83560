// From the entry of a function to its return.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cpu/hart_observer.hpp"

namespace cairn::platform {

/// Open while one of some functions runs, with everything it calls and the traps on the way.
class FunctionWindow {
 public:
  /// Addresses of the functions; with none of them it is always open.
  explicit FunctionWindow(std::vector<std::uint32_t> entries) : entries_(std::move(entries)) {}

  /// Takes the next step; true if it lies inside.
  bool includes(const hart::Executed& step);

 private:
  std::vector<std::uint32_t> entries_;
  bool is_open_ = false;
  std::uint64_t depth_ = 0;  ///< calls and traps since the entry that have not returned
};

}  // namespace cairn::platform
