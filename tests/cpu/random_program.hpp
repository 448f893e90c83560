// Random RV32IMAC programs: what the instruction set allows and everything that traps.
#pragma once

#include <cstdint>

#include "tests/cpu/program_tree.hpp"

namespace cairn::test {

struct RandomOptions {
  bool user_mode = false;  ///< parts of the program run in user mode
};

/// For the slots of random_supervisor.S. The same seed and options give the same program. It ends
/// after some ten thousand instructions.
Program random_program(std::uint32_t seed, const RandomOptions& options);

/// What x1..x31 are when a program starts, by index. Those of x2, x8 and x31 are the supervisor's.
std::uint32_t random_operand(std::uint32_t seed, std::uint32_t index);

}  // namespace cairn::test
