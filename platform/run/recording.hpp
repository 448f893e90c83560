// What a run writes down about its program while it executes: the instruction log, the profile.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "platform/debug/debug_info.hpp"
#include "platform/loader/elf_file.hpp"
#include "platform/log/instruction_log.hpp"
#include "platform/machine.hpp"
#include "platform/profile/function_profile.hpp"
#include "platform/run/options.hpp"

namespace cairn::platform {

class Recording {
 public:
  /// Throws InputError: the log cannot be opened, or --log-function names no function of `program`.
  Recording(const RunOptions& options, const ElfFile& program);

  /// For the machine, which must not outlive this.
  std::vector<Observation> observations();

  /// Completes the files, and prints the profile's table unless the run is quiet. `cycles` are
  /// those of cpu0. Throws InputError if a file could not be written.
  void finish(std::uint64_t cycles, const DebugInfo& debug, std::ostream& out);

 private:
  const RunOptions& options_;
  const std::string program_;
  std::optional<InstructionLog> log_;
  std::optional<FunctionProfile> profile_;
};

}  // namespace cairn::platform
