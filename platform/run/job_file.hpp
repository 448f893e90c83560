// A job that was compiled before, as NETWORK on the command line.
#pragma once

#include <filesystem>

#include "compiler/job.hpp"
#include "compiler/network.hpp"

namespace cairn::platform {

/// Whether the file begins as a job image does.
bool is_job_file(const std::filesystem::path& file);

/// Checks the image; `network` gets its input and output as far as the commands tell. Whether the
/// job fits the core is left to the driver, which refuses it as it would on hardware. Throws
/// InputError.
compiler::Job read_job_file(const std::filesystem::path& file, compiler::Network& network);

}  // namespace cairn::platform
