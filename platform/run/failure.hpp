// Why the simulated system failed, and where its program was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/debug/backtrace.hpp"
#include "platform/loader/elf_file.hpp"
#include "platform/machine.hpp"
#include "platform/map/address_map.hpp"

namespace cairn::platform {

struct Failure {
  std::string reason;  ///< "trap", "stack overflow", "deadlock", "timeout", "interrupted"
  std::string
      sentence;  ///< what happened, as a clause: "load access fault in main (main.c:14): ..."
  std::optional<hart::TrapFrame> fault;  ///< the exception that nobody dealt with
  Registers registers;                   ///< at the fault, else at the end
  std::vector<BacktraceFrame> backtrace;

  /// The innermost frame in a known function, or null.
  const BacktraceFrame* known_frame() const;
};

/// Empty if the firmware ended the run itself. Call it while the machine is as the run left it.
std::optional<Failure> find_failure(const Outcome& outcome, const ElfFile& program,
                                    const DebugInfo& debug, const std::vector<AddressRange>& map,
                                    const Machine& machine);

}  // namespace cairn::platform
