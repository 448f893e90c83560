// Exact or physical mode.
#pragma once

#include <cstdint>

namespace cairn::npu {

/// How a core computes: exactly, or as its analogue circuits do, with all their errors.
struct Arithmetic {
  bool is_physical = false;
  std::uint64_t seed = 1;  ///< of an instance's errors and of its noise
};

}  // namespace cairn::npu
