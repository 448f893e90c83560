#include "platform/run/recording.hpp"

#include <fmt/format.h>

#include <ostream>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/profile/callgrind_file.hpp"
#include "platform/profile/profile_table.hpp"

namespace cairn::platform {

namespace {

constexpr std::size_t kTableRows = 20;

/// Where the functions of this name begin; none for an empty name.
std::vector<std::uint32_t> entries_of(const std::string& name, const ElfFile& program) {
  std::vector<std::uint32_t> out;
  if (name.empty()) return out;
  for (const Symbol& function : program.symbols.functions())
    if (function.name == name) out.push_back(function.address);
  if (out.empty())
    throw InputError(
        fmt::format("--log-function {}: {} has no function of that name.", name, program.path));
  return out;
}

}  // namespace

Recording::Recording(const RunOptions& options, const ElfFile& program)
    : options_(options), program_(program.path) {
  if (!options.log_instructions.empty())
    log_.emplace(options.log_instructions,
                 FunctionWindow(entries_of(options.log_function, program)));
  if (!options.profile.empty()) profile_.emplace(program.symbols);
}

std::vector<Observation> Recording::observations() {
  std::vector<Observation> out;
  if (log_) out.push_back({&*log_, options_.log_from_ps, options_.log_to_ps});
  if (profile_) out.push_back({.observer = &*profile_});
  return out;
}

void Recording::finish(std::uint64_t cycles, const DebugInfo& debug, std::ostream& out) {
  if (log_) log_->close();
  if (!profile_) return;
  profile_->finish(cycles);
  write_file(options_.profile, callgrind_text(*profile_, debug, program_));
  if (!options_.quiet) out << profile_table(*profile_, kTableRows) << std::flush;
}

}  // namespace cairn::platform
