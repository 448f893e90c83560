// Random programs of F, Zba and Zbb that log every result and print the log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn::test {

struct FloatProgram {
  std::string source;              ///< GNU assembler, for machine mode at 0x8000'0000
  std::vector<std::string> steps;  ///< what was logged, two words each: a result and fflags
};

/// It prints through the UART and ends through the finisher. The same seed gives the same program.
FloatProgram random_float_program(std::uint32_t seed, unsigned steps);

}  // namespace cairn::test
