// One semihosting call and its answer.
#pragma once

#include <cstdint>
#include <optional>

namespace cairn::platform {

struct SemihostCall {
  std::uint32_t operation = 0;  ///< a0: a number of ARM's "Semihosting for AArch32 and AArch64", 3
  std::uint32_t parameter = 0;  ///< a1: a value, or the address of a block of words
};

struct SemihostAnswer {
  std::uint32_t value = 0;                 ///< to a0
  std::optional<std::uint32_t> exit_code{};  ///< the program has ended; 0 is success
};

}  // namespace cairn::platform
