// Which part of a run goes into the dump.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include "models/kit/trace.hpp"

namespace cairn::kit::trace {

/// All conditions must hold. Outside the window every value reads as unknown.
struct Window {
  std::uint64_t from_ps = 0;
  std::uint64_t to_ps = std::numeric_limits<std::uint64_t>::max();  ///< inclusive

  /// Full name of a channel that is not a real, such as soc.npu0.layer; empty: no such condition.
  std::string channel{};
  std::string value{};  ///< what it must hold: a text, a name, or a number (decimal or 0x...)

  /// Non-zero: only the last so many picoseconds before the end of the run.
  std::uint64_t last_ps = 0;
};

/// The condition on a channel, looked up.
struct Condition {
  std::uint32_t slot;  ///< position among the channels
  Kind kind;
  std::uint64_t bits;  ///< unused for texts
};

/// Nothing if the window has no such condition. InputError: no such channel, or a value that it
/// cannot have.
[[nodiscard]] std::optional<Condition> find_condition(const Window& window,
                                                      std::span<Channel* const> channels);

}  // namespace cairn::kit::trace
