// Zba and Zbb as formulas on 32-bit words.
#pragma once

#include <cstdint>

#include "models/cpu/hart_instruction.hpp"

namespace cairn::hart {

/// `b` is the register operand, or the amount of rori. Out of line: the inner loop stays small.
std::uint32_t bitmanip_result(Op op, std::uint32_t a, std::uint32_t b);

}  // namespace cairn::hart
