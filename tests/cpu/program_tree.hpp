// A random program as a tree of statements, so that a failing one can be made smaller.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::test {

/// One statement. Its instructions and jumps are relative to the program counter, so that any
/// statement can be taken out of a program and what is left still ends.
struct Statement {
  enum class Kind {
    kCode,    ///< `code`
    kLoop,    ///< `body`, `count` times; x`reg` counts down
    kSkip,    ///< `body`, or a branch over it as `code` (one branch, offset 0) decides
    kLeave,   ///< leaves the innermost loop as `code` (one branch, offset 0) decides
    kCall,    ///< `body` as a function, called `count` times; x`reg` is the link
    kSwitch,  ///< one statement of `body` by bits 2 and 3 of x`reg`, through a jump register
    kUser,    ///< `body` in user mode
  };

  Kind kind = Kind::kCode;
  std::vector<std::uint32_t>
      code{};          ///< instructions; those that end in 0b11 have 32 bits, else 16
  bool whole = false;  ///< kCode: none of the instructions makes sense alone
  std::uint32_t reg = 0;
  std::uint32_t scratch = 0;  ///< kSwitch, kUser: a register that may be overwritten
  std::uint32_t count = 0;
  bool compressed = false;  ///< jumps have 16 bits where they can
  std::vector<Statement> body{};
};

using Program = std::vector<Statement>;

/// The machine code of a program for the slots of random_supervisor.S, as 16-bit parcels.
std::vector<std::uint16_t> assemble(const Program& program);

/// How many instructions the program has, loops counted once.
std::size_t instructions_of(const Program& program);

}  // namespace cairn::test
