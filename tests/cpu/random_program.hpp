// Random RV32IMAC programs that print all they did: registers, memory, and every trap they took.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::test {

/// GNU assembler source for machine mode at 0x8000'0000 with 128 MiB of RAM there. It prints
/// through the UART and ends through the finisher. The same seed gives the same program.
std::string random_program(std::uint32_t seed, unsigned instructions);

}  // namespace cairn::test
