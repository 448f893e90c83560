// The end of a run: files, table, messages, exit status.
#include "platform/run/finish.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "models/kit/input_error.hpp"
#include "platform/data/file_bytes.hpp"
#include "platform/data/npy.hpp"
#include "platform/run/report.hpp"

namespace cairn::platform {

namespace {

void check_destination(const char* option, const std::filesystem::path& path) {
  if (path.empty()) return;
  if (std::filesystem::is_directory(path))
    throw InputError(fmt::format("{} {}: is a directory, not a file.", option, path.string()));
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    throw InputError(fmt::format("{} {}: nothing can be written to {}: {}.", option, path.string(),
                                 folder.string(), std::strerror(errno)));
}

}  // namespace

void check_destinations(const RunOptions& options) {
  check_destination("--outputs", options.outputs);
  check_destination("--json", options.json);
  check_destination("--vcd", options.vcd);
  check_destination("--signature", options.signature);
  check_destination("--profile", options.profile);
  if (options.log_instructions != "-")
    check_destination("--log-instructions", options.log_instructions);
}

int finish(const RunOptions& options, const Result& result, SessionContext& context) {
  const int status = result.exit_status();
  if (!options.quiet && (!result.has_network || result.done != 0))
    (result.has_network ? context.out : context.err) << report_text(result) << std::flush;
  if (const std::string why = failure_text(result); !why.empty())
    context.err << "cairn: " << why << ".\n";
  if (result.failure) context.err << post_mortem(result);
  context.err.flush();

  if (!options.outputs.empty() && result.has_network && result.done != 0)
    write_npy(options.outputs, result.done, result.outputs_per_input, result.outputs);
  if (!options.json.empty()) write_file(options.json, report_json(result));
  return status;
}

}  // namespace cairn::platform
